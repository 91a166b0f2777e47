/** Checks the ids in a `tokenizer.json` before anything counts on them. The file is untrusted. Knows no text and no decoding. */
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'

const MAX_ID = 2 ** 24

type Json = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function invalid(file: string, what: string): GpoError {
  return new GpoError('model', `${file} ${what}; download the model's tokenizer again`)
}

const checkId = (file: string, token: unknown, id: unknown): number => {
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < MAX_ID) return id
  throw invalid(file, `gives the token ${shown(token)} the id ${shown(id)}`)
}

/** Kinds that are computed as they are meant; a kind without a name is recognised by its parts. */
const KINDS = ['BPE', 'WordPiece', 'Unigram', 'WordLevel']

/** Tokens with their scores, in the order of ids; `unk_id` is the place of the one that stands for what is unknown. */
function listedIds(file: string, vocabulary: readonly unknown[], unknown: unknown): number[] {
  const wrong = vocabulary.find((entry) => !(Array.isArray(entry) && typeof entry[0] === 'string'))
  if (wrong !== undefined) throw invalid(file, `has ${shown(wrong)} in its vocabulary`)
  const isThere = Number.isInteger(unknown) && (unknown as number) >= 0 && (unknown as number) < vocabulary.length
  if (unknown !== undefined && unknown !== null && !isThere)
    throw invalid(
      file,
      `has "unk_id" ${shown(unknown)}, but its ${vocabulary.length} tokens end at ${vocabulary.length - 1}`,
    )
  return vocabulary.map((_, id) => id)
}

/** The ids of a model's vocabulary: token → id, or a list in the order of ids. */
function modelIds(file: string, { model }: Json): number[] {
  const { type, vocab: vocabulary, unk_id: unknown } = isRecord(model) ? model : {}
  if (type !== undefined && !KINDS.some((kind) => kind === type))
    throw invalid(file, `has a model of the kind ${shown(type)}; supported are ${KINDS.join(', ')}`)
  if (Array.isArray(vocabulary)) return listedIds(file, vocabulary, unknown)
  if (!isRecord(vocabulary)) throw invalid(file, 'has no vocabulary')
  const tokens = new Map<number, string>()
  for (const [token, value] of Object.entries(vocabulary)) {
    const id = checkId(file, token, value)
    const other = tokens.get(id)
    if (other !== undefined)
      throw invalid(file, `gives the tokens ${shown(other)} and ${shown(token)} the same id ${id}`)
    tokens.set(id, token)
  }
  return [...tokens.keys()]
}

function addedIds(file: string, { added_tokens: added }: Json): number[] {
  if (!Array.isArray(added)) throw invalid(file, 'has no list "added_tokens"')
  return added.map((token: unknown) => {
    if (!isRecord(token) || typeof token['content'] !== 'string')
      throw invalid(file, `has ${shown(token)} among its added tokens`)
    return checkId(file, token['content'], token['id'])
  })
}

/** @returns the highest id + 1 @throws GpoError('model') naming the token */
export function checkVocabulary(file: string, json: Json): number {
  const ids = [...modelIds(file, json), ...addedIds(file, json)]
  return ids.reduce((highest, id) => Math.max(highest, id), -1) + 1
}
