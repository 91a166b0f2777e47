/**
 * Values of states by Monte Carlo (Yu et al. 2025, arXiv 2509.16456, section 4.1): V(s_i) = mean reward of N continuations from s_i with
 * the current policy; V(s_K) = r(y), known. All continuations of one trajectory share its prefix.
 */
import { deriveSeed } from '../core/rng'
import { STREAM } from '../core/streams'
import { rolloutsFromStates, type StateRequest } from './sampling'
import type { Rollout, Sampling, Segmented, StateEstimate, Valued } from './trajectory'

export function estimate(rewards: readonly number[]): StateEstimate {
  const successes = rewards.reduce((sum, reward) => sum + reward, 0)
  return { successes, samples: rewards.length, value: rewards.length ? successes / rewards.length : 0 }
}

/** @param samples N, continuations per state */
export async function estimateValues(
  sampling: Sampling,
  trajectories: readonly Segmented[],
  samples: number,
): Promise<Valued[]> {
  const states: StateRequest[] = trajectories.flatMap((trajectory, t) =>
    trajectory.steps.flatMap(({ start: kept }, step) =>
      Array.from({ length: samples }, (_, n) => ({
        trajectory,
        kept,
        seed: deriveSeed(sampling.seed, STREAM.value, t, step, n),
      })),
    ),
  )
  const rollouts = await rolloutsFromStates(sampling, states)
  let next = 0
  return trajectories.map((trajectory) => {
    const continuations: Rollout[][] = trajectory.steps.map(() => {
      next += samples
      return rollouts.slice(next - samples, next)
    })
    const reward = trajectory.verdict.reward
    const end: StateEstimate = { successes: reward, samples: 0, value: reward }
    const estimates = continuations.map((from) => estimate(from.map(({ verdict }) => verdict.reward)))
    return { ...trajectory, states: [...estimates, end], continuations }
  })
}
