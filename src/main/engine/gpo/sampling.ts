/** Sampling judged rollouts: from prompts, and from states inside a trajectory. */
import type { Verdict } from '@shared/schemas/verifier'
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
  return completions.map(({ tokens, logprobs, isTruncated, block, sampledBy }, i) => {
    const task = tasks[Math.floor(i / perTask)]!
    const verdict = judge(task, tokens, isTruncated)
    const rollout = { task, tokens, kept: 0, logprobs, isTruncated, verdict, block: block! } // keepBlock was requested
    return sampledBy ? { ...rollout, sampledBy } : rollout
  })
}

/** One rollout from a state. */
export interface StateRequest {
  readonly trajectory: Trajectory
  /** Tokens of the trajectory that lead to the state. */
  readonly kept: number
  readonly seed: number
}

/** What of a rollout need not be sampled because its verdict is settled: nothing, all of it from a state that is lost, or also the rest of it once it is. */
export type Early = 'never' | 'lostStates' | 'always'

/** One rollout per request; the trajectory's keys and values up to the state are shared, not computed again. */
export async function rolloutsFromStates(
  sampling: Sampling,
  states: readonly StateRequest[],
  early: Early = 'never',
): Promise<Rollout[]> {
  const settled = early === 'never' ? undefined : sampling.settled
  const known = states.map(({ trajectory: { task, tokens }, kept }) => settled?.verdict(task, tokens.subarray(0, kept)))
  const rollouts = await sampledFromStates(
    sampling,
    states.filter((_, i) => !known[i]),
    early === 'always' ? settled : undefined,
  )
  let next = 0
  return states.map(({ trajectory: { task, tokens }, kept }, i) => {
    const verdict = known[i]
    if (!verdict) return rollouts[next++]!
    const nothing = { logprobs: new Float32Array(0), isTruncated: false }
    return { task, tokens: tokens.slice(0, kept), kept, ...nothing, verdict, isUnfinished: true }
  })
}

/** @param settled what ends a rollout early; its last token may then be any */
async function sampledFromStates(
  sampling: Sampling,
  states: readonly StateRequest[],
  settled: Sampling['settled'],
): Promise<Rollout[]> {
  const { sampler, params, config, maxNewTokens, judge, onProgress } = sampling
  const whole = ({ trajectory, kept }: StateRequest, fresh: ArrayLike<number>) =>
    Int32Array.from([...trajectory.tokens.subarray(0, kept), ...Array.from(fresh)])
  const verdicts = new Map<number, Verdict>()
  const requests = states.map((state, i): SampleRequest => {
    const { task, block } = state.trajectory
    return {
      start: { block, length: task.prompt.length + state.kept },
      seed: state.seed,
      maxNewTokens: maxNewTokens - state.kept,
      ...(settled && {
        isOver(fresh) {
          const verdict = settled.mayDecide(fresh.at(-1)!) ? settled.verdict(task, whole(state, fresh)) : null
          if (verdict) verdicts.set(i, verdict)
          return verdict !== null
        },
      }),
    }
  })
  const completions = await sampler.sample(params, requests, config, onProgress)
  return completions.map(({ tokens: fresh, logprobs, isTruncated, sampledBy }, i) => {
    const { trajectory, kept } = states[i]!
    const tokens = whole(states[i]!, fresh)
    const settledAs = verdicts.get(i)
    const rollout = { task: trajectory.task, tokens, kept, logprobs, isTruncated, ...(sampledBy && { sampledBy }) }
    return settledAs
      ? { ...rollout, verdict: settledAs, isUnfinished: true }
      : { ...rollout, verdict: judge(trajectory.task, tokens, isTruncated) }
  })
}
