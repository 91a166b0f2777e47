/** A quick look at a model's folder or GGUF file: config and headers of the weights, but no tensor. The result is kept until a file changes. */
import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { isGgufPath } from '@main/formats/gguf/model'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { modelFiles, openModelFiles } from '@main/formats/model-files'
import { inspectWeights, type StoredWeights } from '@main/formats/weights'
import type { ModelFile } from '@shared/contract/models'
import { GpoError } from '@shared/errors'

export interface ModelLook {
  /** Why it cannot be used; null if no problem was found. */
  readonly problem: string | null
  /** The architecture named in config.json, known or not. */
  readonly architecture: string | null
  readonly config: ModelConfig | null
  readonly weights: StoredWeights | null
  readonly files: readonly ModelFile[]
  readonly bytes: number
}

interface Kept {
  readonly stamp: string
  readonly look: ModelLook
}

const MAX_KEPT = 200
const kept = new Map<string, Kept>()

/** @param folder or a GGUF file */
export function filesOf(folder: string): { readonly files: readonly ModelFile[]; readonly stamp: string } {
  const found = modelFiles(folder).map((file) => {
    const { size, mtimeMs } = statSync(file)
    return { name: basename(file), bytes: size, at: mtimeMs }
  })
  return {
    files: found.map(({ name, bytes }) => ({ name, bytes })),
    stamp: found.map(({ name, bytes, at }) => `${name}/${bytes}/${at}`).join('|'),
  }
}

/** The message of an expected failure. */
export function sentenceOf<T>(
  work: () => T,
): { readonly value: T; readonly problem: null } | { readonly value: null; readonly problem: string } {
  try {
    return { value: work(), problem: null }
  } catch (error) {
    if (error instanceof GpoError) return { value: null, problem: error.message }
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    return { value: null, problem: `It cannot be read (${code}): check the disk and the permissions.` }
  }
}

function namedArchitecture(folder: string): string | null {
  const names = sentenceOf(() => openModelFiles(folder).config()['architectures']).value
  return Array.isArray(names) && typeof names[0] === 'string' ? names[0].slice(0, 100) : null
}

function lookAt(folder: string, files: readonly ModelFile[]): ModelLook {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const config = sentenceOf(() => readModelConfig(folder))
  const architecture = config.value?.architecture ?? namedArchitecture(folder)
  const facts = { architecture, files, bytes, config: config.value }
  if (config.value === null) return { ...facts, weights: null, problem: config.problem }
  const { value } = config
  const weights = sentenceOf(() => inspectWeights(folder, value))
  const hasTokenizer = isGgufPath(folder) || files.some(({ name }) => name === 'tokenizer.json')
  const noTokenizer = hasTokenizer ? null : `${folder} has no tokenizer.json: download the model's tokenizer too`
  return { ...facts, weights: weights.value, problem: weights.problem ?? noTokenizer }
}

/** Fast enough for a list: files that did not change are not opened again. */
export function lookAtModel(folder: string): ModelLook {
  const listed = sentenceOf(() => filesOf(folder))
  if (listed.value === null) return { ...NOTHING, problem: listed.problem }
  const { files, stamp } = listed.value
  if (files.length === 0) return { ...NOTHING, problem: `${folder} no longer exists or has no files: restore it.` }
  const known = kept.get(folder)
  if (known?.stamp === stamp) return known.look
  const look = lookAt(folder, files)
  keep(folder, { stamp, look })
  return look
}

const NOTHING: ModelLook = { problem: null, architecture: null, config: null, weights: null, files: [], bytes: 0 }

function keep(folder: string, seen: Kept): void {
  kept.delete(folder)
  kept.set(folder, seen)
  const oldest = kept.keys().next().value
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
}

/** Records for the list a problem that only the details found, such as a broken tokenizer. */
export function noteProblem(folder: string, problem: string): void {
  const known = kept.get(folder)
  if (known && known.look.problem === null) keep(folder, { ...known, look: { ...known.look, problem } })
}
