/**
 * What a model consists of, wherever it is: a folder in Hugging Face layout, or one GGUF file (or one of its parts). Config and tensors are asked for
 * here, tokenizer and chat templates in `text/tokenizer/files.ts`.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { GpoError } from '@shared/errors'
import { type Json, readJsonObject } from './config-json'
import { ggufConfig } from './gguf/config'
import { isGgufPath, openGguf } from './gguf/model'
import { openGgufTensors } from './gguf/reader'
import { filesByName } from './gguf/split'
import { openSafetensors } from './safetensors'
import type { TensorReader } from './tensor-reader'

export interface ModelFiles {
  /** How errors name where the config comes from. */
  readonly configFile: string
  /** A config.json; that of a GGUF file is made of its metadata. @throws GpoError('model') */
  config(): Json
  /** Names, shapes and values as in Hugging Face's checkpoint. @throws GpoError('model') */
  openTensors(): TensorReader
}

const CONFIG = 'config.json'

/** Whether there is a model at a path, whole or not. */
export const isModel = (path: string): boolean =>
  isGgufPath(path) ? (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false) : existsSync(join(path, CONFIG))

function ggufFiles(path: string): ModelFiles {
  const gguf = openGguf(path)
  return {
    configFile: path,
    config: () => ggufConfig(gguf),
    openTensors: () => openGgufTensors(gguf),
  }
}

function folderFiles(folder: string): ModelFiles {
  const configFile = join(folder, CONFIG)
  return {
    configFile,
    config: () => readJsonObject(configFile),
    openTensors: () => openSafetensors(folder),
  }
}

/** The files of a model: those that lie in its folder, or a GGUF file with its other parts. Without those that are gone. */
export function modelFiles(path: string): readonly string[] {
  const isFile = (file: string) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
  if (isGgufPath(path)) return filesByName(path).filter(isFile)
  const names = existsSync(path) ? readdirSync(path).sort() : []
  return names.map((name) => join(path, name)).filter(isFile)
}

/** Why there is no model at a path, and what is one. */
export function noModel(path: string): GpoError {
  if (!existsSync(path)) return new GpoError('model', `${path} does not exist: check the path`)
  const files = modelFiles(path)
    .filter(isGgufPath)
    .map((file) => basename(file))
  const found = files.length > 0 ? `; it holds ${files.slice(0, 5).join(', ')}: choose such a file itself` : ''
  return new GpoError(
    'model',
    `${path} has no config.json: a model is a folder in Hugging Face layout, with config.json, tokenizer.json and model.safetensors, or a .gguf file${found}`,
  )
}

/** @throws GpoError('model') for a GGUF file whose header cannot be read */
export const openModelFiles = (path: string): ModelFiles => (isGgufPath(path) ? ggufFiles(path) : folderFiles(path))
