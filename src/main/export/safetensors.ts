/**
 * Writes a model as a Hugging Face folder and reads it back before calling it done. Filled beside its final place and renamed when whole, so
 * the folder is complete or not there.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { storageError, syncFolder, writeDurably } from '@engine/checkpoint/atomic'
import { BYTES, decodeFloats, encodeFloats, type StoredDtype } from '@engine/checkpoint/dtypes'
import { openSafetensors, type SafetensorsReader } from '@engine/checkpoint/safetensors'
import { type TensorToWrite, writeSafetensors } from '@engine/checkpoint/safetensors-writer'
import { readJsonObject } from '@engine/model/config-json'
import { GpoError } from '@shared/errors'

const COPIED = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'tokenizer.model',
  'chat_template.jinja',
  'generation_config.json',
]
const TORCH_DTYPE: Readonly<Record<StoredDtype, string>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }

/** Bytes of tensors in one file, as the Hugging Face libraries split. */
const SHARD_BYTES = 5_000_000_000

export interface ModelExport {
  /** The base model's folder: config and tokenizer are copied from it. */
  readonly sourceFolder: string
  readonly tensors: readonly TensorToWrite[]
  /** A folder that does not exist yet or is empty. */
  readonly out: string
  readonly dtype: StoredDtype
  /** Bytes of tensors in one file at most; a single larger tensor has a file of its own. */
  readonly shardBytes?: number
}

interface Exported {
  readonly bytes: number
  readonly maxDifference: number
}

function refuseOccupied(out: string): void {
  if (existsSync(out) && (!statSync(out).isDirectory() || readdirSync(out).length > 0))
    throw new GpoError('usage', `${out} is not empty: choose a folder that does not exist yet`)
}

/** Consecutive tensors, each shard within the limit. */
function splitIntoShards({ tensors, dtype, shardBytes = SHARD_BYTES }: ModelExport): TensorToWrite[][] {
  const shards: TensorToWrite[][] = [[]]
  let used = 0
  for (const tensor of tensors) {
    const bytes = tensor.data.length * BYTES[dtype]
    if (used > 0 && used + bytes > shardBytes) {
      shards.push([])
      used = 0
    }
    shards.at(-1)?.push(tensor)
    used += bytes
  }
  return shards
}

/** One file, or shards with an index. @returns bytes written */
function writeWeights(folder: string, model: ModelExport): number {
  const { dtype } = model
  const shards = splitIntoShards(model)
  const number = (n: number) => String(n).padStart(5, '0')
  const nameOf = (i: number) =>
    shards.length === 1 ? 'model.safetensors' : `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`
  const written = shards.map((shard, i) => writeSafetensors(join(folder, nameOf(i)), shard, dtype))
  const bytes = written.reduce((a, b) => a + b, 0)
  if (shards.length === 1) return bytes
  const totalSize = model.tensors.reduce((sum, { data }) => sum + data.length * BYTES[dtype], 0)
  const weightMap = Object.fromEntries(shards.flatMap((shard, i) => shard.map(({ name }) => [name, nameOf(i)])))
  const index = { metadata: { total_size: totalSize }, weight_map: weightMap }
  return bytes + writeJson(join(folder, 'model.safetensors.index.json'), index)
}

const writeJson = (path: string, value: unknown): number =>
  writeDurably(path, [new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)])

/** The dtype under both names: "torch_dtype" is read everywhere, newer libraries write "dtype". */
function writeConfig(folder: string, { sourceFolder, dtype }: ModelExport): number {
  const source = readJsonObject(join(sourceFolder, 'config.json'))
  const torchDtype = TORCH_DTYPE[dtype]
  const newer = 'dtype' in source ? { dtype: torchDtype } : {}
  return writeJson(join(folder, 'config.json'), { ...source, torch_dtype: torchDtype, ...newer })
}

function copyFiles(folder: string, sourceFolder: string): number {
  const there = COPIED.filter((name) => existsSync(join(sourceFolder, name)))
  const copied = there.map((name) => writeDurably(join(folder, name), [readFileSync(join(sourceFolder, name))]))
  return copied.reduce((a, b) => a + b, 0)
}

/** @returns the largest difference to the values in memory, or null when a value read is not the one written */
function differenceOf(read: Float32Array, written: Float32Array, original: Float32Array): number | null {
  if (read.length !== written.length) return null
  let worst = 0
  for (let i = 0; i < read.length; i++) {
    if (read[i] !== written[i]) return null
    worst = Math.max(worst, Math.abs(read[i]! - original[i]!))
  }
  return worst
}

function compareTensor(file: SafetensorsReader, { name, shape, data }: TensorToWrite, dtype: StoredDtype): number {
  const info = file.info(name)
  const hasSameForm = info.dtype === dtype && String(info.shape) === String(shape)
  const written = decodeFloats(encodeFloats(data, dtype), dtype)
  const difference = hasSameForm ? differenceOf(file.read(name), written, data) : null
  if (difference !== null) return difference
  throw new GpoError('storage', `${name} was not read back as it was written: check the disk and export again`)
}

function compare(folder: string, { tensors, dtype }: ModelExport): number {
  const file = openSafetensors(folder)
  try {
    return tensors.reduce((worst, tensor) => Math.max(worst, compareTensor(file, tensor, dtype)), 0)
  } finally {
    file.close()
  }
}

function fill(folder: string, model: ModelExport): Exported {
  const config = writeConfig(folder, model)
  const copied = copyFiles(folder, model.sourceFolder)
  const weights = writeWeights(folder, model)
  const maxDifference = compare(folder, model)
  syncFolder(folder)
  return { bytes: config + copied + weights, maxDifference }
}

/**
 * @returns the bytes written and the largest difference between the weights in memory and those read back (0 for F32)
 * @throws GpoError('usage') for a folder that is not empty, ('model') for weights that the dtype cannot hold, ('storage') when writing
 * fails; then nothing is left behind
 */
export function exportModel(model: ModelExport): Exported {
  const out = resolve(model.out)
  refuseOccupied(out)
  const partial = join(dirname(out), `.${basename(out)}.partial-${process.pid}`)
  try {
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { recursive: true })
    const exported = fill(partial, model)
    if (existsSync(out)) rmdirSync(out)
    renameSync(partial, out)
    syncFolder(dirname(out))
    return exported
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    throw storageError(error, `exporting to ${out}`)
  }
}
