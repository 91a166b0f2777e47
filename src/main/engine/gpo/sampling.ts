/** Sampling judged rollouts: from prompts, and from states inside a trajectory. */
import { deriveSeed } from '../core/rng'
import { STREAM } from '../core/streams'
import type { SampleRequest } from '../rollout/sampler'
import type { Rollout, Sampling, Task, Trajectory } from './trajectory'

/** Prompts are prefilled once each, however many rollouts start there. @returns `perTask` rollouts of each task, one task after the other */
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
    return { task, tokens, kept: 0, logprobs, isTruncated, verdict, block: block! } // keepBlock was requested
  })
}

/** One rollout from a state. */
export interface StateRequest {
  readonly trajectory: Trajectory
  /** Tokens of the trajectory that lead to the state. */
  readonly kept: number
  readonly seed: number
}

/** One rollout per request; the trajectory's keys and values up to the state are shared, not computed again. */
export async function rolloutsFromStates(sampling: Sampling, states: readonly StateRequest[]): Promise<Rollout[]> {
  const { sampler, params, config, maxNewTokens, judge, onProgress } = sampling
  const requests = states.map(
    ({ trajectory: { task, block }, kept, seed }): SampleRequest => ({
      start: { block, length: task.prompt.length + kept },
      seed,
      maxNewTokens: maxNewTokens - kept,
    }),
  )
  const completions = await sampler.sample(params, requests, config, onProgress)
  return completions.map(({ tokens: fresh, logprobs, isTruncated }, i) => {
    const { trajectory, kept } = states[i]!
    const tokens = Int32Array.from([...trajectory.tokens.subarray(0, kept), ...fresh])
    const verdict = judge(trajectory.task, tokens, isTruncated)
    return { task: trajectory.task, tokens, kept, logprobs, isTruncated, verdict }
  })
}
