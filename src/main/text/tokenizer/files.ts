/** What a tokenizer is made of: the JSON files of a model's folder, or the same made of a GGUF file's metadata. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type ChatTemplates, chatTemplatesIn, chatTemplatesOf } from '../../formats/chat-templates'
import { readJsonObject, TOKENIZER } from '../../formats/config-json'
import { isGgufPath, openGguf } from '../../formats/gguf/model'
import { chatTemplateJson } from './gguf/chat-templates'
import { type GgufTokenizer, tokenizerOfGguf } from './gguf/tokenizer-of-gguf'
import { valuesOf } from './gguf/values'

type Json = Readonly<Record<string, unknown>>

export interface TokenizerFiles {
  /** Named in errors. */
  readonly file: string
  /** tokenizer.json */
  readonly tokenizer: Json
  /** tokenizer_config.json, and what older models have in special_tokens_map.json. */
  readonly config: Json
  /** generation_config.json, then config.json, each with its path: both may name tokens. */
  readonly naming: readonly (readonly [file: string, json: Json])[]
  readonly chatTemplates: ChatTemplates
}

const optional = (file: string): Json => (existsSync(file) ? readJsonObject(file) : {})

function folderFiles(folder: string): TokenizerFiles {
  const own = optional(join(folder, 'tokenizer_config.json'))
  const naming = ['generation_config.json', 'config.json'].map((name) => join(folder, name))
  const file = join(folder, 'tokenizer.json')
  return {
    file,
    tokenizer: readJsonObject(file, TOKENIZER),
    config: { ...optional(join(folder, 'special_tokens_map.json')), ...own },
    naming: naming.map((one) => [one, optional(one)]),
    chatTemplates: chatTemplatesOf(folder, own),
  }
}

const readGguf = (path: string): GgufTokenizer => tokenizerOfGguf(path, openGguf(path).metadata)

function ggufFiles(path: string): TokenizerFiles {
  const { tokenizer, config, generation } = readGguf(path)
  return { file: path, tokenizer, config, naming: [[path, generation]], chatTemplates: chatTemplatesOf(path, config) }
}

/** @throws GpoError('model') naming the file that cannot be used */
export const openTokenizerFiles = (path: string): TokenizerFiles =>
  isGgufPath(path) ? ggufFiles(path) : folderFiles(path)

/** Without the vocabulary: a moment's work. @throws GpoError('model') */
export const chatTemplatesAt = (path: string): ChatTemplates =>
  isGgufPath(path)
    ? chatTemplatesOf(path, { ...chatTemplateJson(valuesOf(path, openGguf(path).metadata)) })
    : chatTemplatesIn(path)

/** The files, by name, that a folder with a GGUF file's model must have; none for a folder, which has its own. */
export function madeTokenizerFiles(path: string): Readonly<Record<string, Json>> {
  if (!isGgufPath(path)) return {}
  const { tokenizer, config, generation } = readGguf(path)
  return { 'tokenizer.json': tokenizer, 'tokenizer_config.json': config, 'generation_config.json': generation }
}
