/**
 * What a model consists of, wherever it is: a folder in Hugging Face layout, or one GGUF file (or one of its parts). Config, tensors and chat templates
 * are asked for here; the tokenizer of a GGUF file is made in `text/tokenizer`, out of `gguf`.
 */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type ChatTemplates, chatTemplatesIn, DEFAULT_TEMPLATE } from './chat-templates'
import { type Json, readJsonObject } from './config-json'
import { ggufConfig } from './gguf/config'
import { type GgufModel, isGgufPath, openGguf } from './gguf/model'
import { openGgufTensors } from './gguf/reader'
import { openSafetensors } from './safetensors'
import type { TensorReader } from './tensor-reader'

export interface ModelFiles {
  /** How errors name where the config comes from. */
  readonly configFile: string
  /** A config.json; that of a GGUF file is made of its metadata. @throws GpoError('model') */
  config(): Json
  /** Names, shapes and values as in Hugging Face's checkpoint. @throws GpoError('model') */
  openTensors(): TensorReader
  chatTemplates(): ChatTemplates
  /** Null for a folder. */
  readonly gguf: GgufModel | null
}

const CONFIG = 'config.json'
const TEMPLATE_KEY = 'tokenizer.chat_template'

/** Whether there is a model at a path, whole or not. */
export const isModel = (path: string): boolean =>
  isGgufPath(path) ? (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false) : existsSync(join(path, CONFIG))

/** `tokenizer.chat_template` is the default one, `tokenizer.chat_template.NAME` others. */
function templatesOf({ metadata }: GgufModel): ChatTemplates {
  const found = [...metadata].flatMap(([key, value]): (readonly [string, string])[] => {
    if (typeof value !== 'string' || !key.startsWith(TEMPLATE_KEY)) return []
    const name = key === TEMPLATE_KEY ? DEFAULT_TEMPLATE : key.slice(TEMPLATE_KEY.length + 1)
    return [[name, value]]
  })
  return new Map(found)
}

function ggufFiles(path: string): ModelFiles {
  const gguf = openGguf(path)
  return {
    configFile: path,
    config: () => ggufConfig(gguf),
    openTensors: () => openGgufTensors(gguf),
    chatTemplates: () => templatesOf(gguf),
    gguf,
  }
}

function folderFiles(folder: string): ModelFiles {
  const configFile = join(folder, CONFIG)
  return {
    configFile,
    config: () => readJsonObject(configFile),
    openTensors: () => openSafetensors(folder),
    chatTemplates: () => chatTemplatesIn(folder),
    gguf: null,
  }
}

/** @throws GpoError('model') for a GGUF file whose header cannot be read */
export const openModelFiles = (path: string): ModelFiles => (isGgufPath(path) ? ggufFiles(path) : folderFiles(path))
