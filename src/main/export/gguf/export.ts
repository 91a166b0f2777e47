/** A model as one GGUF file. */
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import type { TensorToWrite } from '@main/formats/safetensors-writer'
import { expectedWeights } from '@main/formats/weights'
import { architectureOf, contextOf, ownMetadata } from './architectures'
import type { Metadata, MetadataValue, TensorType } from './format'
import { ggufShapes, ggufTensors } from './tensors'
import { tokenizerKeys } from './tokenizer-keys'
import { type GgufTarget, refuseFile, sizeOfGguf, type Written, writeGguf } from './write'

interface GgufModel {
  /** The base model's folder or GGUF file: config and tokenizer are read from it. */
  readonly sourceFolder: string
  readonly name: string
  readonly type: TensorType
}

export interface GgufExport extends GgufModel, GgufTarget {
  readonly tensors: readonly TensorToWrite[]
}

/** llama.cpp's numbers for "mostly of this type". */
export const FILE_TYPES: Readonly<Record<TensorType, number>> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 }

function modelMetadata(config: ModelConfig, model: GgufModel): [string, MetadataValue][] {
  const { name: architecture } = architectureOf(config)
  const uint = (key: string, value: number): [string, MetadataValue] => [
    `${architecture}.${key}`,
    { type: 'uint32', value },
  ]
  const float = (key: string, value: number): [string, MetadataValue] => [
    `${architecture}.${key}`,
    { type: 'float32', value },
  ]
  const scaling = config.ropeScaling
  return [
    ['general.architecture', { type: 'string', value: architecture }],
    ['general.type', { type: 'string', value: 'model' }],
    ['general.name', { type: 'string', value: model.name }],
    ['general.file_type', { type: 'uint32', value: FILE_TYPES[model.type] }],
    uint('vocab_size', config.vocabSize),
    uint('context_length', contextOf(config)),
    uint('embedding_length', config.hiddenSize),
    uint('block_count', config.layers),
    uint('feed_forward_length', config.intermediateSize),
    uint('attention.head_count', config.heads),
    uint('attention.head_count_kv', config.kvHeads),
    uint('attention.key_length', config.headDim),
    uint('attention.value_length', config.headDim),
    float('attention.layer_norm_rms_epsilon', config.rmsNormEps),
    uint('rope.dimension_count', config.rotaryDim ?? config.headDim),
    float('rope.freq_base', config.ropeTheta),
    ...(scaling?.kind === 'linear'
      ? [
          [`${architecture}.rope.scaling.type`, { type: 'string', value: 'linear' }] as [string, MetadataValue],
          float('rope.scaling.factor', scaling.factor),
        ]
      : []),
    ...ownMetadata(config),
  ]
}

const metadataOf = (config: ModelConfig, model: GgufModel): Metadata =>
  new Map([...modelMetadata(config, model), ...tokenizerKeys(model.sourceFolder, config)])

/** Bytes and number of tensors of a file before it is written. @throws {GpoError} as `exportGguf` for architecture and tokenizer */
export function ggufSize(model: GgufModel): { readonly bytes: number; readonly tensors: number } {
  const config = readModelConfig(model.sourceFolder)
  const weights = expectedWeights(config)
  const bytes = sizeOfGguf(metadataOf(config, model), ggufShapes(config, weights), model.type)
  return { bytes, tensors: weights.size }
}

/**
 * Nothing is left behind when it fails.
 * @throws {GpoError} 'usage' for a file that exists, an architecture or a tokenizer that llama.cpp does not support; 'model' for values that the
 * type cannot store; 'storage'
 */
export function exportGguf(model: GgufExport): Written {
  refuseFile(model.out)
  const config = readModelConfig(model.sourceFolder)
  return writeGguf(metadataOf(config, model), ggufTensors(config, model.tensors), model)
}
