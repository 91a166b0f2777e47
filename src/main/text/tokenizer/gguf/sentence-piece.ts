/**
 * SentencePiece's way in a GGUF file (`llama`): of all neighbours whose joined text is a token, those with the highest score are joined first; what
 * no token spells becomes bytes. Written as BPE: each way to join a token from two is a merge, in the order of the scores, as transformers does.
 */
import { count, damaged } from '../../../formats/safetensors-header'
import type { Values } from './values'
import { KEY, numbersOfTokens, type Vocabulary } from './vocabulary'

/** Stands for a blank. */
const BLANK = '▁'
const BYTES = 256
const ASCII = 128
/** Compared characters of all ways to cut all tokens in two; the largest vocabularies need a tenth of it. */
const MAX_WORK = 2 ** 28

type Pair = readonly [left: string, right: string]

const byteToken = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`

/** A byte's own character does for it, as the tabulator does in Gemma's vocabulary. */
function checkBytes(file: string, { ids }: Vocabulary): void {
  const hasOwn = (byte: number) => byte < ASCII && ids.has(String.fromCharCode(byte))
  const missing = Array.from({ length: BYTES }, (_, byte) => byte).filter(
    (byte) => !(ids.has(byteToken(byte)) || hasOwn(byte)),
  )
  if (missing.length > 0)
    throw damaged(
      file,
      `has no token for ${missing.length} of the ${BYTES} bytes, the first of them ${byteToken(missing[0] ?? 0)}`,
    )
}

function scoresOf(values: Values, { tokens }: Vocabulary): ArrayLike<number> {
  const scores = numbersOfTokens(values, 'scores', tokens.length)
  if (scores === null) throw damaged(values.file, `has no ${KEY}scores, by which its tokens are joined`)
  const wrong = Array.from(scores).findIndex(Number.isNaN)
  if (wrong >= 0) throw damaged(values.file, `has a score that is not a number (token ${wrong})`)
  return scores
}

const isInsideCharacter = (text: string, at: number): boolean =>
  (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800

/** The ways to join a token from two others; those with the longest beginning come first. */
function pairsOf(token: string, { ids }: Vocabulary): Pair[] {
  const pairs: Pair[] = []
  for (let at = token.length - 1; at > 0; at--) {
    if (isInsideCharacter(token, at)) continue
    const [left, right] = [token.slice(0, at), token.slice(at)]
    if (ids.has(left) && ids.has(right)) pairs.push([left, right])
  }
  return pairs
}

function mergesOf(values: Values, vocabulary: Vocabulary): readonly Pair[] {
  const { tokens } = vocabulary
  const scores = scoresOf(values, vocabulary)
  const work = tokens.reduce((sum, { length }) => sum + length ** 2, 0)
  if (work > MAX_WORK)
    throw damaged(values.file, `has tokens that are too long: joining them takes ${count(work)} comparisons`)
  const order = Array.from(tokens, (_, id) => id).sort((a, b) => scores[b]! - scores[a]! || a - b) // ids have scores
  return order.flatMap((id) => pairsOf(tokens[id]!, vocabulary))
}

const toBlanks = { type: 'Replace', pattern: { String: BLANK }, content: ' ' }
const fromBlanks = { type: 'Replace', pattern: { String: ' ' }, content: BLANK }

/** The parts of a tokenizer.json that are of this kind. @throws GpoError('model') */
export function sentencePieceJson(values: Values, vocabulary: Vocabulary, unknown: number | null): object {
  checkBytes(values.file, vocabulary)
  const addsBlank = values.flag(`${KEY}add_space_prefix`) ?? true
  const prefix = addsBlank ? [{ type: 'Prepend', prepend: BLANK }] : []
  const cut = addsBlank ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []
  return {
    normalizer: { type: 'Sequence', normalizers: [...prefix, fromBlanks] },
    pre_tokenizer: null,
    decoder: { type: 'Sequence', decoders: [toBlanks, { type: 'ByteFallback' }, { type: 'Fuse' }, ...cut] },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown === null ? null : vocabulary.tokens[unknown],
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabulary.ids),
      merges: mergesOf(values, vocabulary),
    },
  }
}
