/** A model as one GGUF file, read back and compared before it is called done. */
import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { storageError, syncFolder, writeDurably } from '@main/formats/atomic'
import { firstUnstorable } from '@main/formats/dtypes'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import type { TensorToWrite } from '@main/formats/safetensors-writer'
import { expectedWeights } from '@main/formats/weights'
import { GpoError } from '@shared/errors'
import { architectureOf, contextOf, ownMetadata } from './architectures'
import {
  decodeHeader,
  encodeHeader,
  type MetadataValue,
  paddingAfter,
  type TensorEntry,
  type TensorType,
  tensorBytes,
} from './format'
import { decodeTensor, encodeTensor, storedType } from './quantise'
import { ggufTensors } from './tensors'
import { tokenizerKeys } from './tokenizer-keys'

export interface GgufExport {
  /** The base model's folder or GGUF file: config and tokenizer are read from it. */
  readonly sourceFolder: string
  readonly name: string
  readonly tensors: readonly TensorToWrite[]
  /** A file that does not exist yet. */
  readonly out: string
  readonly type: TensorType
  /** Filled first, beside `out`. */
  readonly partial?: string
  readonly onProgress?: (label: string, done: number, total: number) => void
}

interface Exported {
  readonly bytes: number
  /** Largest difference between the values in memory and those read back. */
  readonly maxDifference: number
}

/** llama.cpp's numbers for "mostly of this type". */
const FILE_TYPES: Readonly<Record<TensorType, number>> = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 }

function modelMetadata(config: ModelConfig, model: Pick<GgufExport, 'name' | 'type'>): [string, MetadataValue][] {
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

function entryOf({ name, shape, data }: TensorToWrite, type: TensorType): TensorEntry {
  const stored = storedType(shape, type)
  return { name, shape, type: stored, bytes: tensorBytes(stored, data.length) }
}

function* chunksOf(
  header: Uint8Array,
  tensors: readonly TensorToWrite[],
  entries: readonly TensorEntry[],
  onProgress: GgufExport['onProgress'],
) {
  yield header
  for (const [i, { name, data }] of tensors.entries()) {
    const { type, bytes } = entries[i]!
    onProgress?.('writing', i, tensors.length)
    const bad = firstUnstorable(data, type === 'Q8_0' ? 'F16' : type)
    if (bad >= 0)
      throw new GpoError(
        'model',
        `${name} holds ${data[bad]} at index ${bad}, which ${type} cannot store: write F32 or BF16`,
      )
    yield encodeTensor(data, type)
    yield paddingAfter(bytes)
  }
}

function readRange(handle: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let done = 0; done < length; ) {
    const count = readSync(handle, bytes, done, length - done, offset + done)
    if (count === 0) throw new GpoError('storage', 'the file ended while it was read back: check the disk')
    done += count
  }
  return bytes
}

/** @returns the largest difference to the values in memory */
function compare(file: string, headerBytes: number, tensors: readonly TensorToWrite[]): number {
  const handle = openSync(file, 'r')
  try {
    const places = decodeHeader(readRange(handle, 0, headerBytes), statSync(file).size, file).tensors
    let worst = 0
    for (const [i, { name, data }] of tensors.entries()) {
      const { type, offset, bytes } = places[i]!
      const read = decodeTensor(readRange(handle, offset, bytes), type)
      if (places[i]!.name !== name || read.length !== data.length)
        throw new GpoError('storage', `${name} was not read back as it was written: check the disk and export again`)
      for (let j = 0; j < data.length; j++) worst = Math.max(worst, Math.abs(read[j]! - data[j]!))
    }
    return worst
  } finally {
    closeSync(handle)
  }
}

/** What a file will be, told before it is written. @throws {GpoError} as `exportGguf` for architecture and tokenizer */
export function ggufSize(sourceFolder: string, type: TensorType): { readonly bytes: number; readonly tensors: number } {
  const config = readModelConfig(sourceFolder)
  const weights = [...expectedWeights(config)]
  const entries = weights.map(([name, shape]) => {
    const stored = storedType(shape, type)
    const elements = shape.reduce((a, b) => a * b, 1)
    return { name, shape, type: stored, bytes: tensorBytes(stored, elements) }
  })
  const metadata = new Map([...modelMetadata(config, { name: '', type }), ...tokenizerKeys(sourceFolder, config)])
  const tensors = entries.reduce((sum, { bytes }) => sum + bytes + paddingAfter(bytes).length, 0)
  return { bytes: encodeHeader(metadata, entries).length + tensors, tensors: weights.length }
}

/**
 * Nothing is left behind when it fails.
 * @throws {GpoError} 'usage' for a file that exists, an architecture or a tokenizer that llama.cpp does not have; 'model' for values that the
 * type cannot store; 'storage'
 */
export function exportGguf(model: GgufExport): Exported {
  const out = resolve(model.out)
  if (existsSync(out)) throw new GpoError('usage', `${out} exists: choose a name that is not taken`)
  const config = readModelConfig(model.sourceFolder)
  const tensors = ggufTensors(config, model.tensors)
  const entries = tensors.map((tensor) => entryOf(tensor, model.type))
  const metadata = new Map([...modelMetadata(config, model), ...tokenizerKeys(model.sourceFolder, config)])
  const header = encodeHeader(metadata, entries)
  const partial = model.partial ?? `${out}.partial-${process.pid}`
  try {
    const bytes = writeDurably(partial, chunksOf(header, tensors, entries, model.onProgress))
    model.onProgress?.('reading back', 0, 1)
    const maxDifference = compare(partial, header.length, tensors)
    renameSync(partial, out)
    syncFolder(dirname(out))
    return { bytes, maxDifference }
  } catch (error) {
    rmSync(partial, { force: true })
    throw storageError(error, `exporting to ${out}`)
  }
}
