/** The keys of a model's tokenizer: made of a folder's tokenizer.json, or as a GGUF file has them. */

import type { GgufValue } from '@main/formats/gguf/metadata'
import { type GgufModel, isGgufPath, openGguf } from '@main/formats/gguf/model'
import type { ModelConfig } from '@main/formats/model-config'
import { GpoError } from '@shared/errors'
import type { MetadataValue } from './format'
import { tokenizerMetadata } from './tokenizer-metadata'

const isTexts = (value: readonly unknown[]): value is readonly string[] => value.every((one) => typeof one === 'string')

/** With the type that llama.cpp gives such a value; null for one that no tokenizer has. */
function typed(value: GgufValue): MetadataValue | null {
  if (typeof value === 'string') return { type: 'string', value }
  if (typeof value === 'boolean') return { type: 'bool', value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { type: value < 0 ? 'int32' : 'uint32', value } : { type: 'float32', value }
  if (value instanceof Int32Array) return { type: 'int32s', value: [...value] }
  if (value instanceof Float32Array) return { type: 'float32s', value: [...value] }
  if (value instanceof Float64Array)
    return value.every((one) => one === (one | 0)) ? { type: 'int32s', value: [...value] } : null
  return isTexts(value) ? { type: 'strings', value } : null
}

function ownKeys({ path, metadata }: GgufModel): [string, MetadataValue][] {
  return [...metadata]
    .filter(([key]) => key.startsWith('tokenizer.'))
    .map(([key, value]) => {
      const kept = typed(value)
      if (kept) return [key, kept]
      throw new GpoError('usage', `${path}: ${key} cannot be written again: export safetensors`)
    })
}

/** @throws {GpoError} 'usage' where the tokenizer cannot be written as GGUF */
export const tokenizerKeys = (source: string, config: ModelConfig): readonly (readonly [string, MetadataValue])[] =>
  isGgufPath(source) ? ownKeys(openGguf(source)) : [...tokenizerMetadata(source, config)]
