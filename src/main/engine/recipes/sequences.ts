/** Converts rollouts or rows of data to training sequences. */
import { isCorrect, type Pair } from '../gpo/pairs'
import type { Rollout } from '../gpo/trajectory'
import type { TokenSequence } from '../policy/batch'

/** Prompt, kept prefix and new tokens; only the new tokens count. */
export function sequenceOf({ task, tokens, kept }: Rollout): TokenSequence {
  return { ids: Int32Array.from([...task.prompt, ...tokens]), start: task.prompt.length + kept }
}

export interface SequencePair {
  readonly chosen: TokenSequence
  readonly rejected: TokenSequence
}

export const sequencePair = ({ chosen, rejected }: Pair): SequencePair => ({
  chosen: sequenceOf(chosen),
  rejected: sequenceOf(rejected),
})

export interface LabelledSequence {
  readonly sequence: TokenSequence
  readonly isDesirable: boolean
}

/** Labelled by the verifier. */
export const labelledSequence = (rollout: Rollout): LabelledSequence => ({
  sequence: sequenceOf(rollout),
  isDesirable: isCorrect(rollout),
})

/** The log-probability of a whole response. */
export const sumOf = (logps: Float32Array): number => logps.reduce((sum, logp) => sum + logp, 0)
