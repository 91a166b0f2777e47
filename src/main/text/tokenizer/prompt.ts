/** From a row of data to the tokens a model is asked with. The one place that says how: training, evaluation and previews agree. */
import { GpoError } from '@shared/errors'
import type { Example } from '@shared/schemas/dataset'
import { encodeCompletion } from './completion'
import type { Tokenizer } from './tokenizer'

export interface PromptFormat {
  /** `{prompt}` stands for the row's prompt. */
  readonly template: string
  readonly chatTemplate: boolean
  /** Which of several chat templates; absent: the default one. */
  readonly chatTemplateName?: string | undefined
}

type Asked = Pick<Example, 'row' | 'prompt' | 'messages'>

/** The prompt as the model gets it; a conversation is rendered as it is, without the plan's template. */
function renderPrompt(format: PromptFormat, tokenizer: Tokenizer, { prompt, messages }: Asked): string {
  const text = format.template.replaceAll('{prompt}', () => prompt)
  if (!format.chatTemplate) return text
  return tokenizer.renderChat(messages ?? [{ role: 'user', content: text }], {
    addGenerationPrompt: true,
    template: format.chatTemplateName,
  })
}

/** @throws GpoError('data') for an empty prompt where the tokenizer has no token to begin with */
export function encodePrompt(format: PromptFormat, tokenizer: Tokenizer, example: Asked): Int32Array {
  const ids = tokenizer.encode(renderPrompt(format, tokenizer, example), { addSpecialTokens: !format.chatTemplate })
  if (ids.length > 0) return ids
  if (tokenizer.bosTokenId !== null) return Int32Array.of(tokenizer.bosTokenId)
  throw new GpoError(
    'data',
    `row ${example.row} has an empty prompt, and the tokenizer has no start token: remove the row`,
  )
}

/** The text between special tokens, decoded by itself: some tokenizers begin it with a space that is not in the text. */
function textInParts(tokenizer: Tokenizer, ids: Int32Array): string {
  let [text, open] = ['', 0]
  for (let at = 0; at <= ids.length; at++) {
    const one = ids.subarray(at, at + 1)
    const isSpecial = tokenizer.decode(one) !== '' && tokenizer.decode(one, { skipSpecialTokens: true }) === ''
    if (at < ids.length && !isSpecial) continue
    text += tokenizer.decode(ids.subarray(open, at)) + tokenizer.decode(one)
    open = at + 1
  }
  return text
}

/**
 * The text that becomes these ids where it is a prompt by itself: the special tokens of a chat are written out, and a start token that the tokenizer
 * adds on its own is not.
 */
export function promptText(tokenizer: Tokenizer, ids: Int32Array): string {
  const isAdded = ids.length > 0 && ids[0] === tokenizer.bosTokenId && tokenizer.encode('')[0] === ids[0]
  const written = isAdded ? ids.subarray(1) : ids
  const whole = tokenizer.decode(written)
  const isSame = String(tokenizer.encode(whole)) === String(ids)
  return isSame ? whole : textInParts(tokenizer, written)
}

/** What follows a row's prompt, as it is encoded there; without a token that ends it. */
export const encodeAnswer = (format: PromptFormat, tokenizer: Tokenizer, example: Asked, answer: string): Int32Array =>
  encodeCompletion(tokenizer, renderPrompt(format, tokenizer, example), answer, {
    addSpecialTokens: !format.chatTemplate,
  })
