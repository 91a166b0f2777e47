/** A GGUF model's metadata and where its tensors are; headers only. Those looked at last are kept until a file changes. */
import { statSync } from 'node:fs'
import type { GgufMetadata } from './metadata'
import { type PlacedTensor, readParts, tensorsOf } from './split'

export interface GgufModel {
  /** The file that was asked for. */
  readonly path: string
  /** All of its files. */
  readonly files: readonly string[]
  readonly metadata: GgufMetadata
  /** By llama.cpp's names. */
  readonly tensors: ReadonlyMap<string, PlacedTensor>
}

const MAX_KEPT = 2
const kept = new Map<string, { readonly stamp: string; readonly model: GgufModel }>()

const stampOf = (files: readonly string[]) =>
  files
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((info) => `${info?.ino}/${info?.size}/${info?.mtimeMs}`)
    .join('|')

/** Whether a path is meant as a GGUF file, there or not. */
export const isGgufPath = (path: string): boolean => /\.gguf$/i.test(path)

/** @throws GpoError('model') naming file, thing and value */
export function openGguf(path: string): GgufModel {
  const known = kept.get(path)
  if (known && known.stamp === stampOf(known.model.files)) return known.model
  const parts = readParts(path)
  const files = parts.map((part) => part.path)
  const model = { path, files, metadata: parts[0]!.metadata, tensors: tensorsOf(parts) } // a model has a file
  kept.delete(path)
  kept.set(path, { stamp: stampOf(files), model })
  const oldest = kept.keys().next().value
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
  return model
}
