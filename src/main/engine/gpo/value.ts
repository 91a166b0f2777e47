/**
 * Values of states by Monte Carlo (Yu et al. 2025, arXiv 2509.16456, section 4.1): V(s_i) = mean reward of N continuations from s_i with
 * the current policy; V(s_K) = r(y), known. All continuations of one trajectory share its prefix, and trajectories of one prompt share the
 * continuations of the states that they share. Which states get how many continuations is decided by a search (search.ts).
 */
import { deriveSeed } from '../core/rng'
import { STREAM } from '../core/streams'
import { type Early, rolloutsFromStates, type StateRequest } from './sampling'
import type { Rollout, Sampling, Segmented, StateEstimate, Valued } from './trajectory'

export function estimate(rewards: readonly number[]): StateEstimate {
  const successes = rewards.reduce((sum, reward) => sum + reward, 0)
  return { successes, samples: rewards.length, value: rewards.length ? successes / rewards.length : null }
}

/** Further continuations from state `state` of trajectory `trajectory`, both indices. */
export interface Probe {
  readonly trajectory: number
  readonly state: number
  readonly count: number
  /** No more than so many from this state in all, also where several trajectories share it. */
  readonly most: number
}

/** What is known about the states of some trajectories; it grows with every probe. */
export interface Values {
  readonly trajectories: readonly Segmented[]
  /** The K + 1 estimates of one trajectory. */
  states(trajectory: number): StateEstimate[]
  /** Samples all of them side by side. */
  probe(probes: readonly Probe[]): Promise<void>
  valued(): Valued[]
}

/** The same for equal states: one prompt, and the same tokens after it. */
const stateKey = ({ task, tokens }: Segmented, kept: number) => `${task.row}:${tokens.subarray(0, kept).join()}`

export function openValues(sampling: Sampling, trajectories: readonly Segmented[], early: Early): Values {
  const byState = new Map<string, Rollout[]>()
  const keys = trajectories.map((trajectory) => trajectory.steps.map(({ start }) => stateKey(trajectory, start)))
  for (const key of keys.flat()) byState.set(key, [])

  const continuations = (t: number) => keys[t]!.map((key) => byState.get(key)!)
  function states(t: number): StateEstimate[] {
    const { reward } = trajectories[t]!.verdict
    const estimates = continuations(t).map((from) => estimate(from.map(({ verdict }) => verdict.reward)))
    return [...estimates, { successes: reward, samples: 0, value: reward }]
  }

  return {
    trajectories,
    states,
    async probe(probes) {
      const asked = new Map<string, number>()
      const requests = probes.flatMap(
        ({ trajectory: t, state, count: wanted, most }): (StateRequest & { readonly key: string })[] => {
          const trajectory = trajectories[t]!
          const key = keys[t]![state]!
          const before = byState.get(key)!.length + (asked.get(key) ?? 0)
          const count = Math.max(0, Math.min(wanted, most - before))
          asked.set(key, (asked.get(key) ?? 0) + count)
          return Array.from({ length: count }, (_, n) => ({
            trajectory,
            kept: trajectory.steps[state]!.start,
            seed: deriveSeed(sampling.seed, STREAM.value, t, state, before + n),
            key,
          }))
        },
      )
      const rollouts = await rolloutsFromStates(sampling, requests, early)
      rollouts.forEach((rollout, i) => {
        byState.get(requests[i]!.key)!.push(rollout)
      })
    },
    valued: () =>
      trajectories.map((trajectory, t) => ({
        ...trajectory,
        states: states(t),
        continuations: continuations(t).map((from) => [...from]),
      })),
  }
}
