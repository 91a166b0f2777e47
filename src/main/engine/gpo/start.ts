/** Where rollouts begin: the prompt (s_0) and a state inside a trajectory (s_m) alike. */
import type { Rollout, Trajectory, Valued } from './trajectory'

export interface Start {
  readonly trajectory: Trajectory
  /** Tokens of the trajectory that lead to the state; 0 at s_0. */
  readonly kept: number
  /** Rollouts already sampled from this state, which a batch may reuse. */
  readonly sampled: readonly Rollout[]
}

/** s_0 of a trajectory, which is itself a rollout from there. */
export const promptStart = (trajectory: Trajectory): Start => ({ trajectory, kept: 0, sampled: [trajectory] })

/** s_m: the state before step `step`; the continuations that estimated its value are rollouts from it, unless they ended when their verdicts were settled. */
export const stateStart = (trajectory: Valued, step: number): Start => ({
  trajectory,
  kept: trajectory.steps[step]!.start,
  sampled: trajectory.continuations[step]!.filter(({ isUnfinished }) => !isUnfinished),
})
