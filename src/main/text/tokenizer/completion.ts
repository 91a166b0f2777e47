/**
 * A completion's tokens in the place where it stands, after its prompt. Encoded alone, a completion would be mistaken for the beginning of a
 * text, where SentencePiece tokenizers put a space (`▁`) that nobody wrote and that the model never samples there.
 */
import type { Tokenizer } from './tokenizer'

/** Encoded before a completion where the prompt's end and its start would share a token; the first is taken that shares none with it. */
const ANCHORS = ['\n', ':', ')', 'a']

const startsWith = (ids: Int32Array, start: Int32Array) =>
  start.length <= ids.length && start.every((id, i) => ids[i] === id)

/** As the continuation of some text. */
function afterAnchor(tokenizer: Tokenizer, completion: string): Int32Array {
  const alone = { addSpecialTokens: false }
  for (const text of ANCHORS) {
    const anchor = tokenizer.encode(text, alone)
    const whole = tokenizer.encode(text + completion, alone)
    if (anchor.length > 0 && startsWith(whole, anchor)) return whole.subarray(anchor.length)
  }
  return tokenizer.encode(completion, alone)
}

/**
 * The tokens of the joined text behind those of its prompt, wherever the two do not share a token; else the completion's own tokens as those of a
 * continuation, because a prompt's tokens are fixed before its completion is known.
 * @param prompt the text that was encoded as the prompt
 */
export function encodeCompletion(
  tokenizer: Tokenizer,
  prompt: string,
  completion: string,
  { addSpecialTokens }: { readonly addSpecialTokens: boolean },
): Int32Array {
  const start = tokenizer.encode(prompt, { addSpecialTokens })
  const whole = tokenizer.encode(prompt + completion, { addSpecialTokens })
  return startsWith(whole, start) ? whole.subarray(start.length) : afterAnchor(tokenizer, completion)
}
