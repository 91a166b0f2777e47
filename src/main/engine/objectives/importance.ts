/** How much a sampled token counts whose sampler was not quite the policy. On the host; no gradient goes through it. */

export interface ImportanceInput {
  /** [T] log-probability of each token under the policy as it was when it was sampled, computed by the trainer. */
  readonly logp: Float32Array
  /** [T] the same, as the sampler gave it. */
  readonly sampledLogp: Float32Array
  /** C */
  readonly limit: number
}

/** Log ratios beyond ±20 count as ±20, so that nothing overflows. */
const MAX_LOG_RATIO = 20

const bounded = (logRatio: number) => Math.max(-MAX_LOG_RATIO, Math.min(MAX_LOG_RATIO, logRatio))

/** `π / π_sampler` of each token, [T]. */
export const tokenRatios = ({ logp, sampledLogp }: Omit<ImportanceInput, 'limit'>): Float32Array =>
  logp.map((own, t) => Math.exp(bounded(own - sampledLogp[t]!)))

/**
 * `min(π / π_sampler, C)` of each token: truncated importance sampling (Ionides 2008; Espeholt et al. 2018, arXiv 1802.01561), by token as in Yao et al.
 * 2025, "Your efficient RL framework secretly brings you off-policy RL training".
 */
export const truncatedWeights = (input: ImportanceInput): Float32Array =>
  tokenRatios(input).map((ratio) => Math.min(ratio, input.limit))

/** `Π π / π_sampler` of the whole rollout on each of its tokens, or 0 on all of them where it is beyond C. */
export function maskedWeights({ logp, sampledLogp, limit }: ImportanceInput): Float32Array {
  const ratio = Math.exp(bounded(logp.reduce((sum, own, t) => sum + own - sampledLogp[t]!, 0)))
  return new Float32Array(logp.length).fill(ratio > limit ? 0 : ratio)
}

/** `(Σ w)² / (n Σ w²)`: the share of the tokens that as many equally weighted ones would be worth (Kong 1992). 1 without any. */
export function effectiveShare(weights: readonly Float32Array[]): number {
  let [count, sum, squares] = [0, 0, 0]
  for (const list of weights)
    for (const weight of list) {
      count++
      sum += weight
      squares += weight * weight
    }
  return squares === 0 ? (count === 0 ? 1 : 0) : (sum * sum) / (count * squares)
}
