/** The tokens of a GGUF file and their kinds: as many of the one as of the other, none twice, none absurdly long. */
import { count, damaged, shown } from '../../../formats/safetensors-header'
import type { Values } from './values'

/** ggml's kinds of tokens. */
export const KINDS = { undefined: 0, normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const
const HIGHEST_KIND = 6

/** The largest vocabularies have a quarter of it. */
const MAX_TOKENS = 1 << 20
/** UTF-16 units of one token, and of all together; real ones have some hundreds, and a few million. */
const MAX_TOKEN = 4096
const MAX_TOKENS_TEXT = 1 << 26

export const KEY = 'tokenizer.ggml.'

export interface Vocabulary {
  /** By id. */
  readonly tokens: readonly string[]
  /** Of `KINDS`, by id. */
  readonly kinds: Uint8Array
  readonly ids: ReadonlyMap<string, number>
}

function checkSizes(file: string, tokens: readonly string[]): void {
  if (tokens.length === 0 || tokens.length > MAX_TOKENS)
    throw damaged(file, `has ${count(tokens.length)} tokens, expected 1 to ${count(MAX_TOKENS)}`)
  const longest = tokens.reduce((most, token, id) => (token.length > tokens[most]!.length ? id : most), 0) // an id has a token
  const length = tokens[longest]!.length
  if (length > MAX_TOKEN) throw damaged(file, `has a token of ${count(length)} characters (id ${longest})`)
  const all = tokens.reduce((sum, token) => sum + token.length, 0)
  if (all > MAX_TOKENS_TEXT) throw damaged(file, `has tokens of ${count(all)} characters together`)
}

function idsOf(file: string, tokens: readonly string[]): ReadonlyMap<string, number> {
  const ids = new Map<string, number>()
  for (const [id, token] of tokens.entries()) {
    const other = ids.get(token)
    if (other !== undefined) throw damaged(file, `gives the token ${shown(token)} the ids ${other} and ${id}`)
    ids.set(token, id)
  }
  return ids
}

/** @throws GpoError('model') for a list that is not as long as that of the tokens */
export function numbersOfTokens(values: Values, name: string, tokens: number): ArrayLike<number> | null {
  const list = values.numbers(KEY + name)
  if (list === null || list.length === tokens) return list
  throw damaged(values.file, `has ${count(tokens)} tokens, but ${count(list.length)} values in ${KEY}${name}`)
}

function kindsOf(values: Values, tokens: number): Uint8Array {
  const list = numbersOfTokens(values, 'token_type', tokens)
  if (list === null) return new Uint8Array(tokens).fill(KINDS.normal)
  const wrong = Array.from(list).findIndex((kind) => !(Number.isInteger(kind) && kind >= 0 && kind <= HIGHEST_KIND))
  if (wrong < 0) return Uint8Array.from(list)
  throw damaged(values.file, `says that token ${wrong} is of the kind ${list[wrong]}, expected 0 to ${HIGHEST_KIND}`)
}

/** @throws GpoError('model') naming what contradicts what */
export function vocabularyOf(values: Values): Vocabulary {
  const list = values.texts(`${KEY}tokens`)
  if (list === null) throw damaged(values.file, `has no ${KEY}tokens`)
  checkSizes(values.file, list)
  const tokens = list.map((token, id) => (token === '' ? `[EMPTY_${id}]` : token)) // as llama.cpp calls them
  return { tokens, kinds: kindsOf(values, tokens.length), ids: idsOf(values.file, tokens) }
}
