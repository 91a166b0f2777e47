/**
 * Writes a model as a Hugging Face folder and reads it back before reporting it as done. The folder is filled beside its final path and renamed
 * when complete, so there is never a partial one.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeDurably } from '@main/formats/atomic'
import { LEGACY_TEMPLATE_FILE, TEMPLATE_FOLDER, templateFiles } from '@main/formats/chat-templates'
import { BYTES, type StoredDtype } from '@main/formats/dtypes'
import { isGgufPath } from '@main/formats/gguf/model'
import { openModelFiles } from '@main/formats/model-files'
import { refuseStrangeFile } from '@main/formats/regular-file'
import { type TensorToWrite, writeSafetensors } from '@main/formats/safetensors-writer'
import { madeTokenizerFiles } from '@main/text/tokenizer/files'
import { compareTensors, countingFileSystem, type OnTensors } from './compare'
import { writeFolder, writeJson } from './folder'

/** Other files of a model's folder besides weights and config. */
const COPIED = [
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'tokenizer.model',
  LEGACY_TEMPLATE_FILE,
  'generation_config.json',
]
/** Those that exist in a folder, including chat templates; a GGUF file has none. */
export const copiedFiles = (folder: string): string[] =>
  isGgufPath(folder) ? [] : [...COPIED.filter((name) => existsSync(join(folder, name))), ...templateFiles(folder)]

const CARD = 'README.md'
const TORCH_DTYPE: Readonly<Record<StoredDtype, string>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }

/** Bytes of tensors per file, as in the Hugging Face libraries. */
const SHARD_BYTES = 5_000_000_000

export interface ModelExport {
  /** The base model's folder or GGUF file: config and tokenizer are taken from it. */
  readonly sourceFolder: string
  readonly tensors: readonly TensorToWrite[]
  /** A folder that does not exist yet or is empty. */
  readonly out: string
  readonly dtype: StoredDtype
  /** Text of its README.md. */
  readonly card?: string | undefined
  /** Most bytes of tensors in one file; a larger tensor gets its own file. */
  readonly shardBytes?: number
  /** Temporary folder beside `out`, renamed at the end. */
  readonly partial?: string
  readonly onProgress?: OnTensors
}

export interface Exported {
  readonly bytes: number
  readonly maxDifference: number
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
  const system = countingFileSystem(model.tensors, dtype, model.onProgress)
  const written = shards.map((shard, i) => writeSafetensors(join(folder, nameOf(i)), shard, dtype, {}, system))
  const bytes = written.reduce((a, b) => a + b, 0)
  if (shards.length === 1) return bytes
  const totalSize = model.tensors.reduce((sum, { data }) => sum + data.length * BYTES[dtype], 0)
  const weightMap = Object.fromEntries(shards.flatMap((shard, i) => shard.map(({ name }) => [name, nameOf(i)])))
  const index = { metadata: { total_size: totalSize }, weight_map: weightMap }
  return bytes + writeJson(join(folder, 'model.safetensors.index.json'), index)
}

/** The dtype under both names: "torch_dtype" is read everywhere, newer libraries write "dtype". */
function writeConfig(folder: string, { sourceFolder, dtype }: ModelExport): number {
  const source = openModelFiles(sourceFolder).config()
  const torchDtype = TORCH_DTYPE[dtype]
  const newer = 'dtype' in source ? { dtype: torchDtype } : {}
  return writeJson(join(folder, 'config.json'), { ...source, torch_dtype: torchDtype, ...newer })
}

/** What a GGUF file has in its metadata. */
function writeMade(folder: string, sourceFolder: string): number {
  const made = Object.entries(madeTokenizerFiles(sourceFolder))
  return made.map(([name, json]) => writeJson(join(folder, name), json)).reduce((a, b) => a + b, 0)
}

function copyFiles(folder: string, sourceFolder: string): number {
  const there = copiedFiles(sourceFolder)
  for (const name of there) refuseStrangeFile(join(sourceFolder, name), 'model')
  if (there.some((name) => name.startsWith(TEMPLATE_FOLDER))) mkdirSync(join(folder, TEMPLATE_FOLDER))
  const copied = there.map((name) => writeDurably(join(folder, name), [readFileSync(join(sourceFolder, name))]))
  return copied.reduce((a, b) => a + b, writeMade(folder, sourceFolder))
}

function fill(folder: string, model: ModelExport): Exported {
  const config = writeConfig(folder, model)
  const copied = copyFiles(folder, model.sourceFolder)
  const card = model.card === undefined ? 0 : writeDurably(join(folder, CARD), [new TextEncoder().encode(model.card)])
  const weights = writeWeights(folder, model)
  return { bytes: config + copied + card + weights, maxDifference: compareTensors(folder, model) }
}

/**
 * @returns the bytes written and the largest difference between the weights in memory and those read back (0 for F32)
 * @throws GpoError('usage') for a folder that is not empty, ('model') for weights that the dtype cannot hold, ('storage') when writing
 * fails; then nothing is left behind
 */
export function exportModel(model: ModelExport): Exported {
  return writeFolder(model.out, (folder) => fill(folder, model), model.partial)
}
