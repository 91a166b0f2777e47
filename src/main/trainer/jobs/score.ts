/** Log-probabilities of a given completion after a given prompt. */
import { createScorer } from '@engine/policy/score'
import { encodeCompletion } from '@main/text/tokenizer/completion'
import { GpoError } from '@shared/errors'
import type { JobOf } from '../../workers/job'
import type { ScoreResult } from '../../workers/results'
import { openJobModel } from './model'

export async function scoreText(job: JobOf<'score'>): Promise<ScoreResult> {
  const { backend, config, tokenizer, policy } = await openJobModel(job.model, job.backend)
  const encoded = tokenizer.encode(job.prompt)
  const prompt = encoded.length > 0 || tokenizer.bosTokenId === null ? encoded : Int32Array.of(tokenizer.bosTokenId)
  const completion = encodeCompletion(tokenizer, job.prompt, job.completion, { addSpecialTokens: true })
  if (prompt.length === 0)
    throw new GpoError('usage', 'the prompt is empty and the tokenizer has no start token: give a prompt')
  if (completion.length === 0) throw new GpoError('usage', 'the completion is empty: there is nothing to score')
  const ids = Int32Array.from([...prompt, ...completion])
  if (ids.length > config.maxPositions) {
    throw new GpoError(
      'usage',
      `prompt and completion have ${ids.length} tokens, the model has ${config.maxPositions} positions: shorten them`,
    )
  }
  const scorer = createScorer(backend, config, { maxTokens: ids.length, temperature: 1 })
  const [logprobs] = await scorer.logps(await policy.dense(), [{ ids, start: prompt.length }])
  await backend.close()
  return { tokens: [...ids], logprobs: [...logprobs!], text: tokenizer.pieces(completion) }
}
