/** Writes safetensors files, one tensor in memory at a time besides the caller's own. Refuses what could not be read back. */
import { GpoError } from '@shared/errors'
import { type FileSystem, realFileSystem, writeAtomically } from './atomic'
import { BYTES, encodeFloats, firstUnstorable, type StoredDtype } from './dtypes'
import { count, METADATA } from './safetensors-header'

interface Shaped {
  readonly name: string
  readonly shape: readonly number[]
}

export interface TensorToWrite extends Shaped {
  readonly data: Float32Array
}

const ALIGNMENT = 8

type Metadata = Readonly<Record<string, string>>

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

function headerOf(tensors: readonly Shaped[], dtype: StoredDtype, metadata: Metadata): Uint8Array {
  const header = new Map<string, unknown>([[METADATA, { format: 'pt', ...metadata }]])
  let offset = 0
  for (const { name, shape } of tensors) {
    if (header.has(name)) throw new Error(`the tensor ${name} is given twice`)
    const end = offset + sizeOf(shape) * BYTES[dtype]
    header.set(name, { dtype, shape, data_offsets: [offset, end] })
    offset = end
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  const padded = new Uint8Array(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT).fill(0x20)
  padded.set(json)
  return padded
}

function encode({ name, data }: TensorToWrite, dtype: StoredDtype): Uint8Array {
  const bad = firstUnstorable(data, dtype)
  if (bad < 0) return encodeFloats(data, dtype)
  const value = data[bad]!
  const found = `${name} holds ${value} at index ${count(bad)}`
  throw new GpoError(
    'model',
    Number.isFinite(value)
      ? `${found}, which is too large for ${dtype}: write ${dtype === 'F16' ? 'BF16 or F32' : 'F32'}`
      : `${found}, so it was not written: training diverged; use an older checkpoint`,
  )
}

function* chunksOf(header: Uint8Array, tensors: readonly TensorToWrite[], dtype: StoredDtype): Generator<Uint8Array> {
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true)
  yield length
  yield header
  for (const tensor of tensors) yield encode(tensor, dtype)
}

/**
 * The bytes of a file; the header is padded so that the tensors begin at a multiple of 8 bytes. Going through them throws
 * GpoError('model') at the first value that the dtype cannot hold.
 */
export function safetensorsChunks(
  tensors: Iterable<TensorToWrite>,
  dtype: StoredDtype,
  metadata: Metadata = {},
): Iterable<Uint8Array> {
  const list = [...tensors]
  for (const { name, shape, data } of list)
    if (sizeOf(shape) !== data.length)
      throw new Error(`${name} has ${data.length} values, [${shape.join(', ')}] takes ${sizeOf(shape)}`)
  return chunksOf(headerOf(list, dtype, metadata), list, dtype)
}

/** Bytes of a file with these tensors. */
export function safetensorsSize(tensors: readonly Shaped[], dtype: StoredDtype): number {
  const values = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  return 8 + headerOf(tensors, dtype, {}).length + values * BYTES[dtype]
}

/** Writes a file that is either whole or not there. @returns bytes written @throws GpoError('storage' | 'model') */
export function writeSafetensors(
  path: string,
  tensors: Iterable<TensorToWrite>,
  dtype: StoredDtype,
  metadata?: Metadata,
  system: FileSystem = realFileSystem,
): number {
  return writeAtomically(path, safetensorsChunks(tensors, dtype, metadata), system)
}
