/** New continuations of a trajectory from one of its states: the reset, by hand. */
import { deriveSeed } from '@engine/core/rng'
import { createSampler } from '@engine/rollout/sampler'
import { encodeAnswer } from '@main/text/tokenizer/prompt'
import { createVerifier } from '@main/text/verifier/index'
import { GpoError } from '@shared/errors'
import type { JobOf } from '../../workers/job'
import type { ContinuedText } from '../../workers/results'
import { tasksOf } from '../session/tasks'
import { openJobModel } from './model'

/** Number sampled in parallel; progress is reported after each batch. */
const WAVE = 8

export async function continueTrajectory(
  job: JobOf<'continue'>,
  onItem: (item: ContinuedText) => void,
  onProgress: (label: string, done: number, total: number, tokens: number) => void,
): Promise<{ readonly count: number }> {
  onProgress('loading', 0, job.count, 0)
  const { backend, config, tokenizer, stopTokens, policy } = await openJobModel(job.model, job.plan.backend)
  const [task] = tasksOf({ format: job.plan.data, maxNewTokens: job.plan.rollout.maxNewTokens }, config, tokenizer, [
    job.example,
  ])
  if (!task) throw new Error('every example becomes a task')
  const kept = encodeAnswer(job.plan.data, tokenizer, job.example, job.prefix)
  const maxNewTokens = Math.min(job.plan.rollout.maxNewTokens, config.maxPositions - task.prompt.length) - kept.length
  if (maxNewTokens < 1)
    throw new GpoError(
      'usage',
      `The ${kept.length} tokens before this state fill the longest completion (${job.plan.rollout.maxNewTokens}): sample from an earlier state.`,
    )
  const verifier = createVerifier(job.plan.verifier)
  const sampler = createSampler(backend, config)
  const params = await policy.dense()
  const start = Int32Array.from([...task.prompt, ...kept])
  const [block] = await sampler.prefill(params, [start])
  const { topK, topP } = job.plan.rollout
  let sampled = 0
  for (let from = 0; from < job.count; from += WAVE) {
    const requests = Array.from({ length: Math.min(WAVE, job.count - from) }, (_, i) => ({
      start: { block: block!, length: start.length },
      seed: deriveSeed(job.seed, from + i),
      maxNewTokens,
    }))
    const options = { temperature: job.temperature, topK, topP, lanes: WAVE, stopTokens }
    const completions = await sampler.sample(params, requests, options, (_done, _total, tokens) =>
      onProgress('sampling', from, job.count, sampled + tokens),
    )
    completions.forEach(({ tokens, isTruncated }, i) => {
      sampled += tokens.length
      const body = isTruncated ? tokens : tokens.subarray(0, -1)
      const whole = tokenizer.decode(Int32Array.from([...kept, ...body]), { skipSpecialTokens: true })
      const { reward, status } = verifier.verify(whole, task.reference, isTruncated)
      const text = tokenizer.decode(tokens, { skipSpecialTokens: true })
      onItem({ text, tokens: tokens.length, reward, status, seed: requests[i]!.seed })
    })
  }
  await backend.close()
  return { count: job.count }
}
