/** A tokenizer.json as llama.cpp's keys: byte-level BPE ("gpt2") and SentencePiece-style BPE ("llama"). */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { chatTemplatesOf, DEFAULT_TEMPLATE } from '@main/formats/chat-templates'
import { readJsonObject, TOKENIZER } from '@main/formats/config-json'
import { PRE_TOKENIZERS, type PreTokenizerRule, preTokenizerJson } from '@main/formats/gguf/pre-tokenizers'
import type { ModelConfig } from '@main/formats/model-config'
import { checkVocabulary } from '@main/text/tokenizer/vocabulary'
import { GpoError } from '@shared/errors'
import type { MetadataValue } from './format'

/** llama.cpp's kinds of tokens. */
const NORMAL = 1
const UNKNOWN = 2
const CONTROL = 3
const USER_DEFINED = 4
const UNUSED = 5
const BYTE = 6

interface AddedToken {
  readonly id: number
  readonly content: string
  readonly special: boolean
}

interface TokenizerJson {
  readonly model: {
    readonly type: string
    readonly vocab: Readonly<Record<string, number>>
    readonly merges: readonly (string | readonly [string, string])[]
    readonly byte_fallback?: boolean
    readonly ignore_merges?: boolean
    readonly unk_token?: string | null
  }
  readonly added_tokens?: readonly AddedToken[]
  readonly pre_tokenizer: unknown
  readonly normalizer: unknown
  readonly post_processor: unknown
}

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
const REST = String.raw`| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
const LETTERS = String.raw`|[^\r\n\p{L}\p{N}]?\p{L}+`

/** llama.cpp splits text into words by a rule that it knows by name; these are the patterns of the rules in tokenizer.json. */
const SPLITS: Readonly<Record<string, string>> = {
  [`${CONTRACTIONS}${LETTERS}|\\p{N}{1,3}${REST}`]: 'llama-bpe',
  [`${CONTRACTIONS}${LETTERS}|\\p{N}${REST}`]: 'qwen2',
}

type Step = Readonly<Record<string, unknown>>

const stepsOf = (value: unknown): readonly Step[] => {
  const step = value as Step | null
  if (!step) return []
  if (step['type'] !== 'Sequence') return [step]
  return (step['pretokenizers'] ?? step['normalizers'] ?? []) as readonly Step[]
}

/** The name of a rule that was itself read from a GGUF file. */
function readRule({ model, pre_tokenizer: own }: TokenizerJson): string | undefined {
  const isSame = (rule: PreTokenizerRule) =>
    (rule.ignoresMerges ?? false) === (model.ignore_merges ?? false) && isDeepStrictEqual(preTokenizerJson(rule), own)
  return [...PRE_TOKENIZERS].find(([, rule]) => isSame(rule))?.[0]
}

/** The name of the rule that splits text into words. @throws {GpoError} 'usage' if llama.cpp has no equal rule */
function preTokenizerName(folder: string, json: TokenizerJson): string {
  const read = readRule(json)
  if (read) return read
  const value = json.pre_tokenizer
  const steps = stepsOf(value)
  const types = steps.map((step) => step['type']).join(' ')
  const split = steps.find((step) => step['type'] === 'Split')?.['pattern'] as { Regex?: string } | undefined
  const named = SPLITS[split?.Regex ?? '']
  if (types === 'Split ByteLevel' && named) return named
  const isWhole = steps.at(-1)?.['use_regex'] !== false
  if (types === 'ByteLevel' && isWhole) return 'gpt-2'
  if (types === 'Digits ByteLevel' && isWhole && steps[0]?.['individual_digits'] === true) return 'smollm'
  throw new GpoError(
    'usage',
    `${folder}: llama.cpp has no rule that splits text like this tokenizer (${types || 'none'}); export safetensors and convert it there`,
  )
}

/** Whether texts start with the beginning-of-sequence token, by the configuration or the post-processor. */
function addsBos(json: TokenizerJson, config: Readonly<Record<string, unknown>>, bos: string | undefined): boolean {
  if (typeof config['add_bos_token'] === 'boolean') return config['add_bos_token']
  return bos !== undefined && JSON.stringify(json.post_processor ?? '').includes(JSON.stringify(bos))
}

const mergeText = (merge: string | readonly [string, string]) => (typeof merge === 'string' ? merge : merge.join(' '))
const mergeResult = (merge: string | readonly [string, string]) =>
  typeof merge === 'string' ? merge.replace(' ', '') : merge.join('')

/** Tokens by id; rows of the embedding without a token get a placeholder name. */
function tokensOf(json: TokenizerJson, config: ModelConfig) {
  const tokens = Array.from({ length: config.vocabSize }, (_, id) => `[PAD${id}]`)
  const types = new Array<number>(config.vocabSize).fill(UNUSED)
  for (const [token, id] of Object.entries(json.model.vocab)) {
    tokens[id] = token
    types[id] = /^<0x[0-9A-F]{2}>$/.test(token) && json.model.byte_fallback ? BYTE : NORMAL
  }
  for (const { id, content, special } of json.added_tokens ?? []) {
    tokens[id] = content
    types[id] = special ? CONTROL : USER_DEFINED
  }
  const unknown = json.model.unk_token
  if (unknown) types[tokens.indexOf(unknown)] = UNKNOWN
  return { tokens, types }
}

/** The default under llama.cpp's own key; others under names of letters and digits, which are also listed, like its converter does. */
function chatTemplates(folder: string, config: Readonly<Record<string, unknown>>): [string, MetadataValue][] {
  const named = [...chatTemplatesOf(folder, config)].map(([name, value]) => [
    name.replaceAll(/[^A-Za-z0-9]/g, '_'),
    value,
  ])
  const text = (value = ''): MetadataValue => ({ type: 'string', value })
  const others = named.filter(([name]) => name !== DEFAULT_TEMPLATE)
  const names = [...new Set(others.map(([name = '']) => name))]
  const list: [string, MetadataValue][] =
    names.length > 0 ? [['tokenizer.chat_templates', { type: 'strings', value: names }]] : []
  return [
    ...list,
    ...new Map(others.map(([name, value]) => [`tokenizer.chat_template.${name}`, text(value)])),
    ...named.flatMap(([name, value]): [string, MetadataValue][] =>
      name === DEFAULT_TEMPLATE ? [['tokenizer.chat_template', text(value)]] : [],
    ),
  ]
}

/** @throws {GpoError} 'model' for a token without a row in the embedding */
function readTokenizer(file: string, { vocabSize }: ModelConfig): TokenizerJson {
  const json = readJsonObject(file, TOKENIZER)
  const tokens = checkVocabulary(file, json)
  if (tokens <= vocabSize) return json as unknown as TokenizerJson // its ids were checked
  throw new GpoError(
    'model',
    `${file} has a token with the id ${tokens - 1}, but the model's embedding has ${vocabSize} rows: use the tokenizer that belongs to this model`,
  )
}

/** @throws {GpoError} 'usage' for a tokenizer that llama.cpp would read differently */
export function tokenizerMetadata(folder: string, config: ModelConfig): [string, MetadataValue][] {
  const json = readTokenizer(join(folder, 'tokenizer.json'), config)
  const configFile = join(folder, 'tokenizer_config.json')
  const settings = existsSync(configFile) ? readJsonObject(configFile) : {}
  if (json.model.type !== 'BPE')
    throw new GpoError(
      'usage',
      `${folder}: the tokenizer is of type ${json.model.type}; only BPE can be written to GGUF`,
    )
  const { tokens, types } = tokensOf(json, config)
  const isSentencePiece = json.model.byte_fallback === true
  const special = (key: string): string | undefined => {
    const value = settings[key]
    return typeof value === 'string' ? value : (value as { content?: string } | null | undefined)?.content
  }
  const idOf = (key: string, fallback: number | null): [string, MetadataValue][] => {
    const text = special(`${key}_token`)
    const id = text === undefined ? (fallback ?? -1) : tokens.indexOf(text)
    const name = key === 'pad' ? 'padding' : key === 'unk' ? 'unknown' : key
    return id < 0 ? [] : [[`tokenizer.ggml.${name}_token_id`, { type: 'uint32', value: id }]]
  }
  return [
    ['tokenizer.ggml.model', { type: 'string', value: isSentencePiece ? 'llama' : 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: isSentencePiece ? 'default' : preTokenizerName(folder, json) }],
    ['tokenizer.ggml.tokens', { type: 'strings', value: tokens }],
    ['tokenizer.ggml.token_type', { type: 'int32s', value: types }],
    ...(isSentencePiece ? sentencePiece(json, tokens) : []),
    ...(isSentencePiece
      ? []
      : [
          ['tokenizer.ggml.merges', { type: 'strings', value: json.model.merges.map(mergeText) }] as [
            string,
            MetadataValue,
          ],
        ]),
    ...idOf('bos', config.bosTokenId),
    ...idOf('eos', config.eosTokenIds[0] ?? null),
    ...idOf('unk', null),
    ...idOf('pad', config.padTokenId),
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: addsBos(json, settings, special('bos_token')) }],
    ['tokenizer.ggml.add_eos_token', { type: 'bool', value: settings['add_eos_token'] === true }],
    ...chatTemplates(folder, settings),
  ]
}

/** SentencePiece joins the pair whose result has the highest score: the earlier a merge, the higher. */
function sentencePiece(json: TokenizerJson, tokens: readonly string[]): [string, MetadataValue][] {
  const rank = new Map(json.model.merges.map((merge, i) => [mergeResult(merge), i]))
  const scores = tokens.map((token) => -(rank.get(token) ?? json.model.merges.length))
  const prepends = /"Prepend"|"Metaspace"/.test(JSON.stringify([json.normalizer, json.pre_tokenizer]))
  return [
    ['tokenizer.ggml.scores', { type: 'float32s', value: scores }],
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: prepends }],
  ]
}
