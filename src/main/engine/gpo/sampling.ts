/** Sampling judged rollouts: from prompts, and from states inside a trajectory. */
import { deriveSeed } from '../core/rng'
import type { SampleRequest } from '../rollout/sampler'
import type { Rollout, Sampling, Segmented, Task, Trajectory } from './trajectory'

/** Streams of randomness, so that no two purposes share a seed. */
export const STREAM = { trajectory: 1, value: 2, reset: 3, choice: 4 } as const

/** Prompts are prefilled once each, however many rollouts start there. */
export async function rolloutsFromPrompts(
  sampling: Sampling,
  tasks: readonly Task[],
  perTask: number,
): Promise<Trajectory[]> {
  const { sampler, params, config, maxNewTokens, seed, judge, onProgress } = sampling
  const blocks = await sampler.prefill(
    params,
    tasks.map(({ prompt }) => prompt),
  )
  const requests = tasks.flatMap((task, i) =>
    Array.from(
      { length: perTask },
      (_, n): SampleRequest => ({
        start: { block: blocks[i]!, length: task.prompt.length },
        seed: deriveSeed(seed, STREAM.trajectory, i, n),
        maxNewTokens,
        keepBlock: true,
      }),
    ),
  )
  const completions = await sampler.sample(params, requests, config, onProgress)
  return completions.map(({ tokens, logprobs, isTruncated, block }, i) => {
    const task = tasks[Math.floor(i / perTask)]!
    const verdict = judge(task, tokens, isTruncated)
    return { task, tokens, kept: 0, logprobs, isTruncated, verdict, block: block! } // keepBlock was asked for
  })
}

/** Where a continuation begins: before step `step` of a trajectory. */
export interface StateRequest {
  readonly trajectory: Segmented
  readonly step: number
  readonly seed: number
}

/** One rollout per request; the trajectory's keys and values up to the state are shared, not computed again. */
export async function rolloutsFromStates(sampling: Sampling, states: readonly StateRequest[]): Promise<Rollout[]> {
  const { sampler, params, config, maxNewTokens, judge, onProgress } = sampling
  const keptOf = ({ trajectory, step }: StateRequest) => trajectory.steps[step]!.start
  const requests = states.map((state): SampleRequest => {
    const { task, block } = state.trajectory
    return {
      start: { block, length: task.prompt.length + keptOf(state) },
      seed: state.seed,
      maxNewTokens: maxNewTokens - keptOf(state),
    }
  })
  const completions = await sampler.sample(params, requests, config, onProgress)
  return completions.map(({ tokens: fresh, logprobs, isTruncated }, i) => {
    const { trajectory } = states[i]!
    const kept = keptOf(states[i]!)
    const tokens = Int32Array.from([...trajectory.tokens.subarray(0, kept), ...fresh])
    const verdict = judge(trajectory.task, tokens, isTruncated)
    return { task: trajectory.task, tokens, kept, logprobs, isTruncated, verdict }
  })
}
