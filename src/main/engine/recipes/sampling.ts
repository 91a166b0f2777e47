/** Sampling with the current policy, and the verdicts on its samples. */
import type { Phase } from '@shared/schemas/events'
import type { Verdict } from '@shared/schemas/verifier'
import { deriveSeed } from '../core/rng'
import type { Sampling, Task } from '../gpo/trajectory'
import type { Progress } from '../rollout/sampler'
import type { RolloutSource } from './run'

/** The verdict on a completion without its stop token. */
function judge(source: RolloutSource, task: Task, tokens: Int32Array, isTruncated: boolean): Verdict {
  const body = isTruncated ? tokens : tokens.subarray(0, tokens.length - 1)
  return source.verify(source.text.decode(body), task.reference, isTruncated)
}

/** A line break is what decides: verifiers judge beginnings line by line. */
function settledBy(source: RolloutSource): Pick<Sampling, 'settled'> {
  const { settled, text } = source
  if (!settled) return {}
  const known = new Map<number, boolean>()
  const mayDecide = (token: number): boolean => {
    const decides = known.get(token) ?? text.decode(Int32Array.of(token)).includes('\n')
    known.set(token, decides)
    return decides
  }
  return { settled: { mayDecide, verdict: (task, tokens) => settled(text.decode(tokens), task.reference) } }
}

/** @param seed of all samples */
export async function openSampling(source: RolloutSource, seed: number, onProgress: Progress): Promise<Sampling> {
  const { temperature, topK, topP, lanes, maxNewTokens } = source.plan.rollout
  return {
    sampler: source.sampler,
    params: await source.policy.dense(),
    config: { temperature, topK, topP, lanes, stopTokens: source.stopTokens },
    maxNewTokens,
    seed,
    judge: (task, tokens, isTruncated) => judge(source, task, tokens, isTruncated),
    ...settledBy(source),
    onProgress,
  }
}

/** The same for iteration `iteration` of a run, reporting progress as `phase`. */
export async function samplingOf(source: RolloutSource, iteration: number, phase: Phase): Promise<Sampling> {
  const sampling = await openSampling(source, deriveSeed(source.plan.seed, iteration), (done, total, tokens) =>
    source.onProgress(phase, iteration, done, total, tokens),
  )
  return phase !== 'evaluation' && source.fleet ? { ...sampling, sampler: source.fleet } : sampling
}

/** Greedy: always the most likely token. */
export const greedy = (sampling: Sampling): Sampling => ({
  ...sampling,
  config: { ...sampling.config, temperature: 0, topK: 0, topP: 1 },
})
