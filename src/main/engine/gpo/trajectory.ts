/** The data of the method: tasks, rollouts, trajectories, estimates. */
import type { Verdict } from '@shared/schemas/verifier'
import type { Step } from '../../text/segment'
import type { KvBlock } from '../rollout/kv-block'
import type { Progress, SampledBy, Sampler, SamplerConfig } from '../rollout/sampler'
import type { DeviceTensors } from '../tensor/backend'

/** A prompt x with its reference answer. */
export interface Task {
  /** Row of the training data. */
  readonly row: number
  readonly prompt: Int32Array
  readonly reference: string
}

/** A sampled completion y of a task, judged. */
export interface Rollout {
  readonly task: Task
  /** The whole completion, including a kept prefix. */
  readonly tokens: Int32Array
  /** Tokens at the beginning that were kept from another trajectory: part of the state, not of the action. */
  readonly kept: number
  /** Log-probabilities of the tokens after `kept`, as the sampler gave them. */
  readonly logprobs: Float32Array
  readonly isTruncated: boolean
  readonly verdict: Verdict
  /** It ended when its verdict was settled: it counts, but is no whole answer. */
  readonly isUnfinished?: true
  /** Absent: it was sampled here. */
  readonly sampledBy?: SampledBy
}

/** A rollout from the prompt whose keys and values are kept, so that others can start inside it. */
export interface Trajectory extends Rollout {
  readonly block: KvBlock
}

export interface Segmented extends Trajectory {
  readonly steps: readonly Step[]
}

/** V(s_i): mean reward of the continuations from state i. With samples = 0 the value is known (the end), or null: no continuation was sampled. */
export interface StateEstimate {
  readonly successes: number
  readonly samples: number
  readonly value: number | null
}

export interface Valued extends Segmented {
  /** K + 1 states for K steps; the last is the end, its value the trajectory's own reward. */
  readonly states: readonly StateEstimate[]
  /** Per state s_0 … s_{K−1}, the continuations that estimated it. */
  readonly continuations: readonly (readonly Rollout[])[]
}

/** What sampling and judging need; one per iteration, because parameters and seed change. */
export interface Sampling {
  readonly sampler: Sampler
  readonly params: DeviceTensors
  readonly config: SamplerConfig
  readonly maxNewTokens: number
  readonly seed: number
  readonly judge: (task: Task, tokens: Int32Array, isTruncated: boolean) => Verdict
  /**
   * The verdict on every completion of the task that begins with these tokens, where it is known; it can only change with a token that `mayDecide`.
   * Absent where only whole completions tell.
   */
  readonly settled?: {
    readonly mayDecide: (token: number) => boolean
    readonly verdict: (task: Task, tokens: Int32Array) => Verdict | null
  }
  readonly onProgress?: Progress
}
