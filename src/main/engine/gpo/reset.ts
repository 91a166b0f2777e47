/**
 * The reset (Yu et al. 2025, arXiv 2509.16456, section 4.2): keep y_0 … y_{m−1}, sample new rollouts from s_m. The continuations that
 * estimated V(s_m) are such rollouts; reusing them saves sampling, at the price that the estimate and the training batch are correlated.
 */
import { deriveSeed } from '../core/rng'
import { rolloutsFromStates, STREAM } from './sampling'
import type { Rollout, Sampling, Valued } from './trajectory'

export interface ResetPoint {
  readonly trajectory: Valued
  /** m */
  readonly step: number
}

/**
 * `count` rollouts from each reset point, reused ones first.
 * @param isReusing take the continuations that estimated V(s_m)
 */
export async function resetRollouts(
  sampling: Sampling,
  points: readonly ResetPoint[],
  count: number,
  isReusing: boolean,
): Promise<Rollout[][]> {
  const reused = points.map(({ trajectory, step }) =>
    isReusing ? trajectory.continuations[step]!.slice(0, count) : [],
  )
  const requests = points.flatMap(({ trajectory, step }, t) =>
    Array.from({ length: count - reused[t]!.length }, (_, n) => ({
      trajectory,
      step,
      seed: deriveSeed(sampling.seed, STREAM.reset, t, n),
    })),
  )
  const fresh = await rolloutsFromStates(sampling, requests)
  let next = 0
  return points.map((_, t) => {
    const missing = count - reused[t]!.length
    next += missing
    return [...reused[t]!, ...fresh.slice(next - missing, next)]
  })
}

export interface Pair {
  readonly chosen: Rollout
  readonly rejected: Rollout
}

const isCorrect = ({ verdict }: Rollout) => verdict.status === 'correct'

/** As many pairs as both sides allow, at most `count`. */
export function pairUp(rollouts: readonly Rollout[], count: number): Pair[] {
  const chosen = rollouts.filter(isCorrect)
  const rejected = rollouts.filter((rollout) => !isCorrect(rollout))
  return chosen
    .slice(0, Math.min(count, rejected.length))
    .map((rollout, i) => ({ chosen: rollout, rejected: rejected[i]! }))
}

export interface PairOptions {
  /** Pairs wanted per point. */
  readonly count: number
  /** Rollouts looked at most, per point. */
  readonly maxAttempts: number
  readonly isReusing: boolean
}

/**
 * Samples from each point, a few rollouts at a time, until it has `count` correct and `count` incorrect ones or `maxAttempts` were
 * looked at (Procedure II). Returns every rollout looked at; `pairUp` makes the pairs.
 */
export async function rolloutsForPairs(
  sampling: Sampling,
  points: readonly ResetPoint[],
  options: PairOptions,
): Promise<Rollout[][]> {
  const { count, maxAttempts, isReusing } = options
  const found = points.map(
    ({ trajectory, step }) => (isReusing ? trajectory.continuations[step]!.slice(0, maxAttempts) : []) as Rollout[],
  )
  for (let wave = 0; ; wave++) {
    const open = found
      .map((_, t) => t)
      .filter((t) => pairUp(found[t]!, count).length < count && found[t]!.length < maxAttempts)
    if (open.length === 0) return found
    const requests = open.flatMap((t) =>
      Array.from({ length: Math.min(2 * count, maxAttempts - found[t]!.length) }, (_, n) => ({
        trajectory: points[t]!.trajectory,
        step: points[t]!.step,
        seed: deriveSeed(sampling.seed, STREAM.reset, t, wave, n),
        owner: t,
      })),
    )
    const rollouts = await rolloutsFromStates(sampling, requests)
    rollouts.forEach((rollout, i) => {
      found[requests[i]!.owner]!.push(rollout)
    })
  }
}
