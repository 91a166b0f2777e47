/** Text to token ids and back, from the files of a Hugging Face model folder, or a GGUF file. The only room of the engine that knows text. */
import type { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers'
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'
import { DEFAULT_TEMPLATE } from '../../formats/chat-templates'
import { tokenIds } from '../../formats/config-json'
import { loadChatTemplate, type RenderChat } from './chat-template'
import { openTokenizerFiles, type TokenizerFiles } from './files'
import { openTokenizerJson } from './open'
import { piecesOf } from './pieces'
import { checkVocabulary } from './vocabulary'

export interface Tokenizer {
  /** Highest id + 1. */
  readonly vocabSize: number
  readonly bosTokenId: number | null
  /** Tokens that end a completion; the tokenizer's own comes first. */
  readonly eosTokenIds: readonly number[]
  /** One that is used without being named. */
  readonly hasChatTemplate: boolean
  /** Names of chat templates. */
  readonly chatTemplates: readonly string[]
  /**
   * What a vocabulary without a token for "unknown" cannot spell is left out, as the reference implementation does.
   * @throws GpoError('model') for a token that is to be added and has no id
   */
  encode(text: string, options?: { addSpecialTokens?: boolean }): Int32Array
  /** Ids that no token has (an embedding may have more rows than there are tokens) are left out. */
  decode(ids: ArrayLike<number>, options?: { skipSpecialTokens?: boolean }): string
  /** The text of each token; joined they are `decode(ids)`. A character of several tokens belongs to the one that completes it. */
  pieces(ids: ArrayLike<number>): string[]
  /** The token itself, as the vocabulary spells it. */
  tokenOf(id: number): string | undefined
  /** @throws GpoError('model') without a chat template, GpoError('data') for a conversation it refuses */
  readonly renderChat: RenderChat
}

type Json = Readonly<Record<string, unknown>>

/** Tokens are written as text or as {"content": text}. */
function tokenText(value: unknown): string | null {
  if (typeof value === 'string') return value
  const content = (value as { content?: unknown } | null | undefined)?.content
  return typeof content === 'string' ? content : null
}

/** `bos_token`, `eos_token` and so on. */
function specialTokensOf(config: Json): Record<string, string> {
  const named = Object.entries(config).flatMap(([key, value]) => {
    const text = key.endsWith('_token') ? tokenText(value) : null
    return text === null ? [] : [[key, text] as const]
  })
  return Object.fromEntries(named)
}

/** The vocabulary may be larger than the tokenizer: an embedding has rows beyond its last token in many models. */
function largestVocabulary({ naming }: TokenizerFiles, vocabSize: number): number {
  const sizes = naming.map(([, json]) => json['vocab_size']).filter((size) => Number.isSafeInteger(size)) as number[]
  return Math.max(vocabSize, ...sizes)
}

const idsOf = (files: TokenizerFiles, key: string, vocabSize: number): number[] =>
  files.naming.flatMap(([file, json]) => tokenIds(file, json, key, largestVocabulary(files, vocabSize)))

/** Decodes; the text of a token alone is kept, since most are needed again. */
function createDecode(tokenizer: HuggingFaceTokenizer) {
  const alone = new Map<number, string>()
  const decodeAll = (ids: readonly number[], isSkipping: boolean): string => {
    const known = ids.filter((id) => tokenizer.id_to_token(id) !== undefined)
    if (known.length === 0) return ''
    return tokenizer.decode(known, { skip_special_tokens: isSkipping, clean_up_tokenization_spaces: false })
  }
  return (ids: readonly number[], isSkipping = false): string => {
    const [id] = ids
    if (isSkipping || ids.length !== 1 || id === undefined) return decodeAll(ids, isSkipping)
    const text = alone.get(id) ?? decodeAll(ids, false)
    alone.set(id, text)
    return text
  }
}

function encodeWith(
  tokenizer: HuggingFaceTokenizer,
  folder: string,
  text: string,
  addSpecialTokens: boolean,
): Int32Array {
  const { ids, tokens } = tokenizer.encode(text.toWellFormed(), { add_special_tokens: addSpecialTokens })
  const missing = (ids as readonly (number | undefined)[]).indexOf(undefined) // so it is for what has no token, whatever its types say
  if (missing < 0) return Int32Array.from(ids)
  throw new GpoError(
    'model',
    `the tokenizer of ${folder} has no id for the token ${shown(tokens[missing])}: download the model's tokenizer again`,
  )
}

/** @param folder or a GGUF file @throws GpoError('model') naming the file that cannot be used */
export function loadTokenizer(folder: string): Tokenizer {
  const files = openTokenizerFiles(folder)
  const { file, tokenizer: json, config } = files
  const vocabSize = checkVocabulary(file, json)
  const { library: tokenizer, ids: idsByContent } = openTokenizerJson(file, json, config)
  const specialTokens = specialTokensOf(config)
  const idOf = (key: string) => idsByContent.get(specialTokens[key] ?? '') ?? null
  const chat = loadChatTemplate(folder, files.chatTemplates, specialTokens)
  const decode = createDecode(tokenizer)
  const eos = idOf('eos_token')
  return {
    vocabSize,
    bosTokenId: idOf('bos_token') ?? idsOf(files, 'bos_token_id', vocabSize)[0] ?? null,
    eosTokenIds: [...new Set([...(eos === null ? [] : [eos]), ...idsOf(files, 'eos_token_id', vocabSize)])],
    hasChatTemplate: chat?.names.includes(DEFAULT_TEMPLATE) ?? false,
    chatTemplates: chat?.names ?? [],
    encode: (text, { addSpecialTokens = true } = {}) => encodeWith(tokenizer, folder, text, addSpecialTokens),
    decode: (ids, { skipSpecialTokens = false } = {}) => decode(Array.from(ids), skipSpecialTokens),
    pieces: (ids) => piecesOf(Array.from(ids), decode),
    tokenOf: (id) => tokenizer.id_to_token(id),
    renderChat:
      chat?.render ??
      (() => {
        throw new GpoError('model', `${folder} has no chat template: switch data.chatTemplate off`)
      }),
  }
}

/** @throws GpoError('model') when a token has no row in the embedding */
export function checkTokenizerFits(tokenizer: Tokenizer, vocabSize: number, folder: string): void {
  if (tokenizer.vocabSize <= vocabSize) return
  const id = tokenizer.vocabSize - 1
  throw new GpoError(
    'model',
    `the tokenizer of ${folder} has the token ${shown(tokenizer.tokenOf(id) ?? '?')} with id ${id}, but the model's embedding has ${vocabSize} rows: use the tokenizer that belongs to this model`,
  )
}
