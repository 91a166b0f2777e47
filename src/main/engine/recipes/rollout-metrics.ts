/** Rollouts as training sequences, and what is logged about them. */
import type { Rollout } from '../gpo/trajectory'
import type { TokenSequence } from '../policy/batch'
import { mean, standardDeviation } from './run'

/** Prompt, kept prefix and new tokens; only the new tokens count. */
export function sequenceOf({ task, tokens, kept }: Rollout): TokenSequence {
  return { ids: Int32Array.from([...task.prompt, ...tokens]), start: task.prompt.length + kept }
}

/** Reward, length and entropy of rollouts from the prompt. */
export function completionMetrics(rollouts: readonly Rollout[]): Record<string, number> {
  const rewards = rollouts.map(({ verdict }) => verdict.reward)
  const lengths = rollouts.map(({ tokens }) => tokens.length)
  const negLogps = rollouts.map(({ logprobs }) => -logprobs.reduce((sum, logp) => sum + logp, 0))
  const newTokens = rollouts.reduce((sum, { logprobs }) => sum + logprobs.length, 0)
  const share = (status: string) => mean(rollouts.map(({ verdict }) => Number(verdict.status === status)))
  return {
    reward: mean(rewards),
    reward_std: standardDeviation(rewards),
    'objective/entropy': mean(negLogps),
    entropy: negLogps.reduce((sum, value) => sum + value, 0) / newTokens,
    'completions/mean_length': mean(lengths),
    'completions/clipped_ratio': mean(rollouts.map(({ isTruncated }) => Number(isTruncated))),
    'completions/unparseable_ratio': share('unparseable'),
    'val/num_eos_tokens': rollouts.filter(({ isTruncated }) => !isTruncated).length,
  }
}
