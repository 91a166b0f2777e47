/** Streams a completion token by token, each token with its probability and alternatives. */
import { createGenerator, type Generator } from '@engine/rollout/generate'
import { labelOf } from '@main/text/tokenizer/token-label'
import type { Tokenizer } from '@main/text/tokenizer/tokenizer'
import { createVerifier } from '@main/text/verifier/index'
import type { GeneratedText, GeneratedToken } from '@shared/contract/playground'
import { GpoError } from '@shared/errors'
import type { JobOf, ModelSource } from '../../workers/job'
import { type JobModel, openJobModel } from './model'

type GenerateRequest = JobOf<'generate'>['request']

export interface TextGenerator {
  /** @param isStopped called before every token */
  generate(
    request: GenerateRequest,
    onToken: (token: GeneratedToken) => void,
    isStopped: () => boolean,
  ): Promise<GeneratedText>
}

/** Number of previous tokens decoded together with the newest one to find its text. */
const CONTEXT = 12
const INCOMPLETE = '\uFFFD'

/** Lets waiting messages arrive, so that a stop works between two tokens. */
const breath = () => new Promise((resolve) => setImmediate(resolve))

function encodePrompt({ tokenizer, config }: JobModel, { prompt, chatTemplate }: GenerateRequest): Int32Array {
  const text = chatTemplate
    ? tokenizer.renderChat([{ role: 'user', content: prompt }], { addGenerationPrompt: true })
    : prompt
  const encoded = tokenizer.encode(text, { addSpecialTokens: !chatTemplate })
  const ids = encoded.length > 0 || tokenizer.bosTokenId === null ? encoded : Int32Array.of(tokenizer.bosTokenId)
  if (ids.length === 0)
    throw new GpoError('usage', 'The prompt is empty, and the tokenizer has no start token: write a prompt.')
  if (ids.length < config.maxPositions) return ids
  const found = `The prompt has ${ids.length} tokens, the model has ${config.maxPositions} positions`
  throw new GpoError('usage', `${found}: shorten it.`)
}

/** The newest token's text; a character that is not complete yet belongs to the token that completes it. */
function newestText(tokenizer: Tokenizer, ids: readonly number[]): string {
  const text = tokenizer.pieces(ids.slice(-CONTEXT)).at(-1) ?? ''
  return text.endsWith(INCOMPLETE) ? '' : text
}

/** Ids of the `count` largest probabilities, largest first; of equal ones the lower id first. */
function mostProbable(probs: Float32Array, count: number): number[] {
  const best: number[] = []
  for (let id = 0; id < probs.length; id++) {
    if (best.length === count && probs[id]! <= probs[best[count - 1]!]!) continue
    let at = best.length
    while (at > 0 && probs[best[at - 1]!]! < probs[id]!) at--
    best.splice(at, 0, id)
    if (best.length > count) best.pop()
  }
  return best
}

async function generateText(
  model: JobModel,
  generator: Generator,
  request: GenerateRequest,
  onToken: (token: GeneratedToken) => void,
  isStopped: () => boolean,
): Promise<GeneratedText> {
  const { tokenizer, policy, config, stopTokens, backend } = model
  const prompt = encodePrompt(model, request)
  const maxNewTokens = Math.min(request.maxNewTokens, config.maxPositions - prompt.length)
  const params = await policy.dense()
  const begin = performance.now()
  const block = await generator.prefill(params, prompt)
  const prefilled = performance.now()
  const ids: number[] = []
  let reason: GeneratedText['reason'] = 'length'
  const { temperature, topK, topP, seed } = request
  const settings = { temperature, topK, topP, seed, maxNewTokens, stopTokens }
  for await (const { id, probs } of generator.generate(params, block, settings)) {
    ids.push(id)
    const isStop = stopTokens.includes(id)
    onToken({
      id,
      text: isStop ? '' : newestText(tokenizer, ids),
      label: labelOf(tokenizer, id),
      isStop,
      probability: probs[id]!,
      alternatives: mostProbable(probs, request.alternatives).map((other) => ({
        id: other,
        ...labelOf(tokenizer, other),
        probability: probs[other]!,
      })),
    })
    await breath()
    if (isStop) reason = 'end'
    else if (isStopped()) reason = 'stopped'
    if (reason !== 'length') break
  }
  const text = tokenizer.decode(reason === 'end' ? ids.slice(0, -1) : ids)
  const { judge } = request
  return {
    reason,
    text,
    tokens: ids.length,
    promptTokens: prompt.length,
    prefillSeconds: (prefilled - begin) / 1000,
    seconds: (performance.now() - prefilled) / 1000,
    device: backend.device,
    verdict:
      judge && reason !== 'stopped'
        ? createVerifier(judge.verifier).verify(text, judge.reference, reason === 'length')
        : null,
  }
}

/** Loads a model for many generations. @throws GpoError with the code of the problem */
export async function openTextGenerator(
  source: ModelSource,
  backend: JobOf<'generate'>['backend'],
): Promise<TextGenerator> {
  const model = await openJobModel(source, backend)
  const generator = createGenerator(model.backend, model.config)
  return {
    generate: (request, onToken, isStopped) => generateText(model, generator, request, onToken, isStopped),
  }
}
