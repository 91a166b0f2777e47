/** Rollouts as training sequences. */
import type { Rollout } from '../gpo/trajectory'
import type { TokenSequence } from '../policy/batch'

/** Prompt, kept prefix and new tokens; only the new tokens count. */
export function sequenceOf({ task, tokens, kept }: Rollout): TokenSequence {
  return { ids: Int32Array.from([...task.prompt, ...tokens]), start: task.prompt.length + kept }
}

/** The log-probability of a whole response. */
export const sumOf = (logps: Float32Array): number => logps.reduce((sum, logp) => sum + logp, 0)
