/** PPO's reward per token for one sequence, on the host. */

export type PpoRewardsInput = {
  /** [≥ length] log-probability of each token when it was sampled. */
  readonly logp: ArrayLike<number>
  /** [≥ length] the same under the reference policy. */
  readonly refLogp: ArrayLike<number>
  /** Tokens of the sequence. */
  readonly length: number
  /** The verifier's reward, given on the last token. */
  readonly terminalReward: number
  /** k, the coefficient of the KL penalty. */
  readonly kl: number
}

/**
 * `−k (logp − logp_ref)` for each token, plus the terminal reward on the last one, [length].
 * Ouyang et al. 2022, arXiv 2203.02155, equation 2, with its penalty spread over tokens.
 */
export function ppoRewards({ logp, refLogp, length, terminalReward, kl }: PpoRewardsInput): Float32Array {
  if (logp.length < length || refLogp.length < length) {
    throw new Error(`ppoRewards: ${length} tokens, but ${logp.length} and ${refLogp.length} log-probabilities`)
  }
  const rewards = Float32Array.from({ length }, (_, t) => -kl * (logp[t]! - refLogp[t]!)) // t < length, checked above
  if (length > 0) rewards[length - 1]! += terminalReward
  return rewards
}
