/** Text to token ids and back, from the files of a Hugging Face model folder. The only room of the engine that knows text. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Template } from '@huggingface/jinja'
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers'
import { GpoError } from '@shared/errors'
import { readJsonObject } from '../model/config'

export interface ChatMessage {
  readonly role: string
  readonly content: string
}

export interface Tokenizer {
  /** Highest id + 1. */
  readonly vocabSize: number
  readonly bosTokenId: number | null
  /** Tokens that end a completion. */
  readonly eosTokenIds: readonly number[]
  readonly hasChatTemplate: boolean
  encode(text: string, options?: { addSpecialTokens?: boolean }): Int32Array
  decode(ids: ArrayLike<number>, options?: { skipSpecialTokens?: boolean }): string
  /** The text of each token; joined they are `decode(ids)`. A character of several tokens belongs to the one that completes it. */
  pieces(ids: ArrayLike<number>): string[]
  /** The token itself, as the vocabulary spells it. */
  tokenOf(id: number): string | undefined
  renderChat(messages: readonly ChatMessage[], options: { addGenerationPrompt: boolean }): string
}

const optional = (folder: string, name: string): Readonly<Record<string, unknown>> =>
  existsSync(join(folder, name)) ? readJsonObject(join(folder, name)) : {}

/** Tokens are written as text or as {"content": text}. */
function tokenText(value: unknown): string | null {
  if (typeof value === 'string') return value
  const content = (value as { content?: unknown } | null)?.content
  return typeof content === 'string' ? content : null
}

const idList = (value: unknown): number[] =>
  (Array.isArray(value) ? value : [value]).filter((id): id is number => Number.isInteger(id))

function chatTemplate(folder: string, config: Readonly<Record<string, unknown>>): Template | null {
  const file = join(folder, 'chat_template.jinja')
  const source = existsSync(file) ? readFileSync(file, 'utf8') : config['chat_template']
  if (typeof source !== 'string') return null
  try {
    return new Template(source)
  } catch (error) {
    throw new GpoError('model', `the chat template of ${folder} is not valid Jinja: ${(error as Error).message}`)
  }
}

function openTokenizer(folder: string, config: Readonly<Record<string, unknown>>): HuggingFaceTokenizer {
  const file = join(folder, 'tokenizer.json')
  const json = readJsonObject(file)
  try {
    return new HuggingFaceTokenizer(json, { ...config })
  } catch (error) {
    throw new GpoError(
      'model',
      `${file} could not be used: ${(error as Error).message}; download the model's tokenizer again`,
    )
  }
}

/** A character that is not complete yet decodes to this. */
const INCOMPLETE = '\uFFFD'

/** Each token's share of the text, found by comparing the texts of all prefixes; for decoders whose output depends on what is before. */
function piecesByPrefix(ids: readonly number[], decode: (ids: readonly number[]) => string): string[] {
  const whole = decode(ids)
  let done = 0
  return ids.map((_, i) => {
    const text = i === ids.length - 1 ? whole : decode(ids.slice(0, i + 1))
    if (!whole.startsWith(text)) return ''
    const piece = text.slice(done)
    done = Math.max(done, text.length)
    return piece
  })
}

/** @throws GpoError('model') naming the file that cannot be used */
export function loadTokenizer(folder: string): Tokenizer {
  const config = optional(folder, 'tokenizer_config.json')
  const tokenizer = openTokenizer(folder, config)
  const vocabulary = tokenizer.get_vocab(true)
  const idOf = (value: unknown): number | null => {
    const text = tokenText(value)
    return text === null ? null : (tokenizer.token_to_id(text) ?? null)
  }
  const eos = new Set([
    ...idList(optional(folder, 'generation_config.json')['eos_token_id']),
    ...idList(optional(folder, 'config.json')['eos_token_id']),
    ...idList(idOf(config['eos_token'])),
  ])
  const template = chatTemplate(folder, config)
  const decode = (ids: ArrayLike<number>, skip = false) =>
    ids.length === 0
      ? ''
      : tokenizer.decode(Array.from(ids), { skip_special_tokens: skip, clean_up_tokenization_spaces: false })
  const alone = new Map<number, string>()
  const textOf = (id: number): string => {
    const known = alone.get(id)
    if (known !== undefined) return known
    const text = decode([id])
    alone.set(id, text)
    return text
  }

  /** Joins tokens until their text is complete. Right for byte-level vocabularies; checked by the caller. */
  function piecesByToken(ids: readonly number[]): string[] {
    let open: number[] = []
    return ids.map((id, i) => {
      open.push(id)
      const text = open.length === 1 ? textOf(id) : decode(open)
      if (text.endsWith(INCOMPLETE) && i < ids.length - 1) return ''
      open = []
      return text
    })
  }

  return {
    vocabSize: [...vocabulary.values()].reduce((max, id) => Math.max(max, id), -1) + 1,
    bosTokenId: idOf(config['bos_token']),
    eosTokenIds: [...eos],
    hasChatTemplate: template !== null,
    encode: (text, { addSpecialTokens = true } = {}) =>
      Int32Array.from(tokenizer.encode(text, { add_special_tokens: addSpecialTokens }).ids),
    decode: (ids, { skipSpecialTokens = false } = {}) => decode(ids, skipSpecialTokens),
    pieces(ids) {
      const list = Array.from(ids)
      const quick = piecesByToken(list)
      return quick.join('') === decode(list) ? quick : piecesByPrefix(list, decode)
    },
    tokenOf: (id) => tokenizer.id_to_token(id),
    renderChat(messages, { addGenerationPrompt }) {
      if (!template) throw new GpoError('model', `${folder} has no chat template: switch data.chatTemplate off`)
      const special = {
        bos_token: tokenText(config['bos_token']) ?? '',
        eos_token: tokenText(config['eos_token']) ?? '',
      }
      return template.render({ messages, add_generation_prompt: addGenerationPrompt, ...special })
    },
  }
}

/** @throws GpoError('model') when a token has no row in the embedding */
export function checkTokenizerFits(tokenizer: Tokenizer, vocabSize: number, folder: string): void {
  if (tokenizer.vocabSize <= vocabSize) return
  const id = tokenizer.vocabSize - 1
  throw new GpoError(
    'model',
    `the tokenizer of ${folder} has the token ${JSON.stringify(tokenizer.tokenOf(id) ?? '?')} with id ${id}, but the model's embedding has ${vocabSize} rows: use the tokenizer that belongs to this model`,
  )
}
