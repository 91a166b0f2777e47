/** One GGUF file of metadata and tensors, read back and compared before it is reported as done. Knows no model. */
import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { storageError, syncFolder, writeDurably } from '@main/formats/atomic'
import { firstUnstorable } from '@main/formats/dtypes'
import type { TensorToWrite } from '@main/formats/safetensors-writer'
import { GpoError } from '@shared/errors'
import {
  decodeHeader,
  encodeHeader,
  type Metadata,
  paddingAfter,
  type TensorEntry,
  type TensorType,
  tensorBytes,
} from './format'
import { decodeTensor, encodeTensor, storedType } from './quantise'

export interface GgufTarget {
  /** A file that does not exist yet. */
  readonly out: string
  readonly type: TensorType
  /** Temporary file beside `out`. */
  readonly partial?: string
  readonly onProgress?: (label: string, done: number, total: number) => void
}

export interface Written {
  readonly bytes: number
  /** Largest difference between the values in memory and those read back. */
  readonly maxDifference: number
}

export interface NamedShape {
  readonly name: string
  readonly shape: readonly number[]
}

function entryOf({ name, shape }: NamedShape, type: TensorType): TensorEntry {
  const stored = storedType(shape, type)
  const elements = shape.reduce((a, b) => a * b, 1)
  return { name, shape, type: stored, bytes: tensorBytes(stored, elements) }
}

function* chunksOf(
  header: Uint8Array,
  tensors: readonly TensorToWrite[],
  entries: readonly TensorEntry[],
  onProgress: GgufTarget['onProgress'],
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

/** @returns the largest difference from the values in memory */
function compare(file: string, headerBytes: number, tensors: readonly TensorToWrite[]): number {
  const handle = openSync(file, 'r')
  try {
    const places = decodeHeader(readRange(handle, 0, headerBytes), statSync(file).size, file).tensors
    let worst = 0
    for (const [i, { name, data }] of tensors.entries()) {
      const { type, offset, bytes } = places[i]!
      const read = decodeTensor(readRange(handle, offset, bytes), type)
      if (places[i]!.name !== name || read.length !== data.length)
        throw new GpoError(
          'storage',
          `${name} was read back with other contents than written: check the disk and export again`,
        )
      for (let j = 0; j < data.length; j++) worst = Math.max(worst, Math.abs(read[j]! - data[j]!))
    }
    return worst
  } finally {
    closeSync(handle)
  }
}

/** Bytes of the file before it is written. */
export function sizeOfGguf(metadata: Metadata, tensors: readonly NamedShape[], type: TensorType): number {
  const entries = tensors.map((tensor) => entryOf(tensor, type))
  const bodies = entries.reduce((sum, { bytes }) => sum + bytes + paddingAfter(bytes).length, 0)
  return encodeHeader(metadata, entries).length + bodies
}

/** @throws {GpoError} 'usage' */
export function refuseFile(out: string): void {
  if (existsSync(out)) throw new GpoError('usage', `${resolve(out)} exists: choose another name`)
}

/**
 * Nothing is left behind when it fails.
 * @throws {GpoError} 'usage' for a file that exists; 'model' for values that the type cannot store; 'storage'
 */
export function writeGguf(metadata: Metadata, tensors: readonly TensorToWrite[], target: GgufTarget): Written {
  const { type, onProgress } = target
  const out = resolve(target.out)
  refuseFile(out)
  const entries = tensors.map((tensor) => entryOf(tensor, type))
  const header = encodeHeader(metadata, entries)
  const partial = target.partial ?? `${out}.partial-${process.pid}`
  try {
    const bytes = writeDurably(partial, chunksOf(header, tensors, entries, onProgress))
    onProgress?.('reading back', 0, 1)
    const maxDifference = compare(partial, header.length, tensors)
    renameSync(partial, out)
    syncFolder(dirname(out))
    return { bytes, maxDifference }
  } catch (error) {
    rmSync(partial, { force: true })
    throw storageError(error, `exporting to ${out}`)
  }
}
