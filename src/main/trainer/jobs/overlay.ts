/** How sure a model was at every token of a text, and how far it is there from a reference. */
import { divergenceOf, entropyOf } from '@engine/core/distributions'
import { createGenerator } from '@engine/rollout/generate'
import { encodeAnswer } from '@main/text/tokenizer/prompt'
import type { OverlayToken } from '@shared/contract/explorer'
import { GpoError } from '@shared/errors'
import type { JobOf, ModelSource } from '../../workers/job'
import { tasksOf } from '../session/tasks'
import { type JobModel, openJobModel } from './model'

/** The distributions of one model along the text. */
async function along(model: JobModel, prompt: Int32Array, tokens: Int32Array) {
  const generator = createGenerator(model.backend, model.config)
  const params = await model.policy.dense()
  const block = await generator.prefill(params, prompt)
  return generator.follow(params, block, tokens)
}

const isSame = (one: ModelSource, other: ModelSource) => JSON.stringify(one) === JSON.stringify(other)

export async function overlayTokens(
  job: JobOf<'overlay'>,
  onToken: (token: OverlayToken) => void,
  onProgress: (label: string, done: number, total: number, tokens: number) => void,
): Promise<{ readonly tokens: number }> {
  onProgress('loading', 0, 1, 0)
  const model = await openJobModel(job.model, job.backend)
  const reference = isSame(job.model, job.reference) ? null : await openJobModel(job.reference, job.backend)
  const { config, tokenizer } = model
  const [task] = tasksOf({ format: job, maxNewTokens: 1 }, config, tokenizer, [job.example])
  if (!task) throw new Error('every example becomes a task')
  const tokens = encodeAnswer(job, tokenizer, job.example, job.completion)
  if (task.prompt.length + tokens.length > config.maxPositions)
    throw new GpoError(
      'usage',
      `Prompt and answer have ${task.prompt.length + tokens.length} tokens, the model has ${config.maxPositions} positions.`,
    )
  const texts = tokenizer.pieces(tokens)
  const ours = await along(model, task.prompt, tokens)
  const theirs = reference && (await along(reference, task.prompt, tokens))
  let done = 0
  for await (const { id, probs } of ours) {
    const other = theirs && (await theirs.next())
    onToken({
      text: texts[done]!,
      probability: probs[id]!,
      entropy: entropyOf(probs),
      divergence: other && !other.done ? divergenceOf(probs, other.value.probs) : 0,
    })
    done++
    onProgress('tokens', done, tokens.length, done)
  }
  await model.backend.close()
  await reference?.backend.close()
  return { tokens: done }
}
