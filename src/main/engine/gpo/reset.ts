/**
 * The reset (Yu et al. 2025, arXiv 2509.16456, section 4.2): keep y_0 … y_{m−1}, sample new rollouts from s_m. The continuations that
 * estimated V(s_m) are such rollouts; reusing them saves sampling, at the price that the estimate and the training batch are correlated.
 */
import { deriveSeed } from '../core/rng'
import { STREAM } from '../core/streams'
import { rolloutsFromStates } from './sampling'
import type { Start } from './start'
import type { Rollout, Sampling } from './trajectory'

/**
 * `count` rollouts from each start, reused ones first.
 * @param isReusing use the rollouts sampled from there before
 */
export async function resetRollouts(
  sampling: Sampling,
  starts: readonly Start[],
  count: number,
  isReusing: boolean,
): Promise<Rollout[][]> {
  const reused = starts.map(({ sampled }) => (isReusing ? sampled.slice(0, count) : []))
  const requests = starts.flatMap(({ trajectory, kept }, s) =>
    Array.from({ length: count - reused[s]!.length }, (_, n) => ({
      trajectory,
      kept,
      seed: deriveSeed(sampling.seed, STREAM.reset, s, n),
    })),
  )
  const fresh = await rolloutsFromStates(sampling, requests)
  let next = 0
  return reused.map((known) => {
    const missing = count - known.length
    next += missing
    return [...known, ...fresh.slice(next - missing, next)]
  })
}
