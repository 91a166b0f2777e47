/** Pairs of a correct and an incorrect rollout from one start (Yu et al. 2025, arXiv 2509.16456, Procedure II). */
import { deriveSeed } from '../core/rng'
import { STREAM } from '../core/streams'
import { rolloutsFromStates } from './sampling'
import type { Start } from './start'
import type { Rollout, Sampling } from './trajectory'

export interface Pair {
  readonly chosen: Rollout
  readonly rejected: Rollout
}

export const isCorrect = ({ verdict }: Rollout): boolean => verdict.status === 'correct'

/** As many pairs as both sides allow, at most `count`. */
export function pairUp(rollouts: readonly Rollout[], count: number): Pair[] {
  const chosen = rollouts.filter(isCorrect)
  const rejected = rollouts.filter((rollout) => !isCorrect(rollout))
  return chosen
    .slice(0, Math.min(count, rejected.length))
    .map((rollout, i) => ({ chosen: rollout, rejected: rejected[i]! }))
}

export interface PairOptions {
  /** Pairs wanted per start. */
  readonly count: number
  /** Most rollouts sampled per start. */
  readonly maxAttempts: number
  readonly isReusing: boolean
}

/**
 * Samples from each start, a few rollouts at a time, until it has `count` correct and `count` incorrect ones or `maxAttempts` rollouts. Returns
 * all rollouts; `pairUp` makes the pairs.
 */
export async function rolloutsForPairs(
  sampling: Sampling,
  starts: readonly Start[],
  { count, maxAttempts, isReusing }: PairOptions,
): Promise<Rollout[][]> {
  const found = starts.map(({ sampled }) => (isReusing ? sampled.slice(0, maxAttempts) : []))
  const isOpen = (rollouts: readonly Rollout[]) =>
    pairUp(rollouts, count).length < count && rollouts.length < maxAttempts
  for (let wave = 0; found.some(isOpen); wave++) {
    const requests = starts.flatMap(({ trajectory, kept }, owner) =>
      Array.from(
        { length: isOpen(found[owner]!) ? Math.min(2 * count, maxAttempts - found[owner]!.length) : 0 },
        (_, n) => ({ trajectory, kept, seed: deriveSeed(sampling.seed, STREAM.reset, owner, wave, n), owner }),
      ),
    )
    const rollouts = await rolloutsFromStates(sampling, requests)
    rollouts.forEach((rollout, i) => {
      found[requests[i]!.owner]!.push(rollout)
    })
  }
  return found
}
