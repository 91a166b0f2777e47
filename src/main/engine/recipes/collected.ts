/** What an iteration has sampled to train on, for the objectives that learn from rewards. */
import type { Group } from '../gpo/groups'
import type { Rollout, Trajectory, Valued } from '../gpo/trajectory'
import type { Guided } from './iteration'

export interface Collected {
  /** All rollouts from prompts. */
  readonly trajectories: readonly Trajectory[]
  readonly guided: readonly Guided[]
  /** For each guided trajectory, the rollouts from its critical state that are trained on. */
  readonly resets: readonly (readonly Rollout[])[]
  readonly groups: readonly Group[]
  /** Trajectories whose own steps are trained, by the values at their ends. */
  readonly walks: readonly Valued[]
}
