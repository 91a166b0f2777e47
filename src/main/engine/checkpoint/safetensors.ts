/**
 * The safetensors format: an 8-byte header length, a JSON header, raw tensors. Reads one tensor at a time by file offset; everything in
 * a file is untrusted.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { GpoError } from '@shared/errors'
import { readJsonObject } from '../model/config'
import { writeAtomically } from './atomic'
import { BYTES, decodeFloats, encodeFloats, type StoredDtype } from './dtypes'

export interface TensorInfo {
  readonly dtype: StoredDtype
  readonly shape: readonly number[]
}

export interface SafetensorsReader {
  readonly names: readonly string[]
  info(name: string): TensorInfo
  /** @throws GpoError('model') when a value is not finite */
  read(name: string): Float32Array
  close(): void
}

interface Entry extends TensorInfo {
  readonly begin: number
  readonly end: number
}

interface OpenFile {
  readonly path: string
  readonly handle: number
  readonly entries: ReadonlyMap<string, Entry>
}

const MAX_HEADER = 100 * 2 ** 20
const count = (n: number) => n.toLocaleString('en')

function damaged(path: string, what: string): GpoError {
  return new GpoError('model', `${basename(path)} ${what}; copy or download it again (${path})`)
}

function readExactly(path: string, handle: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const got = readSync(handle, bytes, done, Math.min(length - done, 1 << 30), position + done)
    if (got === 0)
      throw damaged(path, `ends at byte ${count(position + done)}, ${count(length - done)} bytes too early`)
    done += got
  }
  return bytes
}

function parseEntry(path: string, name: string, value: unknown, base: number, size: number): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>
  const isSizes = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0)
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2)
    throw damaged(path, `describes ${name} without a valid shape and offsets`)
  if (typeof dtype !== 'string' || !Object.hasOwn(BYTES, dtype)) {
    throw new GpoError(
      'model',
      `${basename(path)}: ${name} has the dtype ${String(dtype)}; F32, F16 and BF16 can be read`,
    )
  }
  const [begin, end] = [base + offsets[0]!, base + offsets[1]!]
  const wanted = shape.reduce((a, b) => a * b, 1) * BYTES[dtype as StoredDtype]
  if (end - begin !== wanted) {
    throw damaged(
      path,
      `gives ${name} ${count(end - begin)} bytes, but [${shape.join(', ')}] ${dtype} takes ${count(wanted)}`,
    )
  }
  if (end > size) throw damaged(path, `is ${count(size)} bytes long, but ${name} ends at byte ${count(end)}`)
  return { dtype: dtype as StoredDtype, shape, begin, end }
}

/** JSON.parse keeps the last of two equal keys; a file that has two is wrong. */
function refuseDuplicates(path: string, text: string, names: readonly string[]): void {
  for (const name of names) {
    const key = `${JSON.stringify(name)}:`
    const squeezed = text.indexOf(key)
    if (squeezed >= 0 && text.indexOf(key, squeezed + 1) >= 0) throw damaged(path, `names the tensor ${name} twice`)
  }
}

function parseHeader(path: string, handle: number): ReadonlyMap<string, Entry> {
  const size = fstatSync(handle).size
  if (size < 8) throw damaged(path, `is ${size} bytes long, too short for a header`)
  const length = Number(new DataView(readExactly(path, handle, 0, 8).buffer).getBigUint64(0, true))
  if (length + 8 > size) throw damaged(path, `is ${count(size)} bytes long: its header says ${count(length)}`)
  if (length > MAX_HEADER)
    throw damaged(path, `has a header of ${count(length)} bytes; at most ${count(MAX_HEADER)} are read`)
  const text = new TextDecoder().decode(readExactly(path, handle, 8, length))
  let header: Record<string, unknown>
  try {
    header = JSON.parse(text) as Record<string, unknown>
  } catch {
    throw damaged(path, 'has a header that is not JSON')
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw damaged(path, 'has a header that is not a JSON object')
  const names = Object.keys(header).filter((name) => name !== '__metadata__')
  refuseDuplicates(path, text, names)
  const entries = names.map((name) => [name, parseEntry(path, name, header[name], 8 + length, size)] as const)
  const sorted = entries.toSorted(([, a], [, b]) => a.begin - b.begin)
  sorted.forEach(([name, entry], i) => {
    const before = sorted[i - 1]
    if (before && before[1].end > entry.begin)
      throw damaged(path, `lets ${before[0]} and ${name} overlap at byte ${count(entry.begin)}`)
  })
  return new Map(entries)
}

function openFile(path: string): OpenFile {
  if (!existsSync(path))
    throw new GpoError(
      'model',
      `${path} does not exist: a model folder needs model.safetensors or model.safetensors.index.json`,
    )
  const handle = openSync(path, 'r')
  try {
    return { path, handle, entries: parseHeader(path, handle) }
  } catch (error) {
    closeSync(handle)
    throw error
  }
}

/** The files of a model folder: one, or the shards its index names. */
function filesOf(fileOrFolder: string): string[] {
  if (!existsSync(fileOrFolder) || !statSync(fileOrFolder).isDirectory()) return [fileOrFolder]
  const index = join(fileOrFolder, 'model.safetensors.index.json')
  if (!existsSync(index)) return [join(fileOrFolder, 'model.safetensors')]
  const map = readJsonObject(index)['weight_map']
  if (typeof map !== 'object' || map === null) throw damaged(index, 'has no "weight_map"')
  const shards = [...new Set(Object.values(map).map(String))]
  for (const shard of shards) {
    if (shard !== basename(shard) || shard.startsWith('.'))
      throw damaged(index, `names the shard ${JSON.stringify(shard)}, which is not a file of this folder`)
  }
  return shards.map((shard) => join(fileOrFolder, shard))
}

function checkFinite(path: string, name: string, values: Float32Array): Float32Array {
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return values
  throw new GpoError(
    'model',
    `${basename(path)}: ${name} holds ${values[bad]} at index ${count(bad)}; the checkpoint is damaged or its training diverged (${path})`,
  )
}

/** @param fileOrFolder a `.safetensors` file, or a folder with one or with an index and shards */
export function openSafetensors(fileOrFolder: string): SafetensorsReader {
  const files: OpenFile[] = []
  const close = () => {
    for (const { handle } of files) closeSync(handle)
  }
  try {
    for (const path of filesOf(fileOrFolder)) files.push(openFile(path))
  } catch (error) {
    close()
    throw error
  }
  const homes = new Map(files.flatMap((file) => [...file.entries.keys()].map((name) => [name, file] as const)))
  const find = (name: string): { file: OpenFile; entry: Entry } => {
    const file = homes.get(name)
    const entry = file?.entries.get(name)
    if (!file || !entry) throw new GpoError('model', `${fileOrFolder} has no tensor ${name}`)
    return { file, entry }
  }
  return {
    names: [...homes.keys()],
    info: (name) => find(name).entry,
    read(name) {
      const { file, entry } = find(name)
      const bytes = readExactly(file.path, file.handle, entry.begin, entry.end - entry.begin)
      return checkFinite(file.path, name, decodeFloats(bytes, entry.dtype))
    },
    close,
  }
}

export interface TensorToWrite {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** The bytes of a file; the header is padded so that tensors begin at a multiple of 8 bytes. */
export function* safetensorsChunks(
  tensors: readonly TensorToWrite[],
  dtype: StoredDtype,
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  let offset = 0
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } }
  for (const { name, shape, data } of tensors) {
    const end = offset + data.length * BYTES[dtype]
    header[name] = { dtype, shape, data_offsets: [offset, end] }
    offset = end
  }
  const json = JSON.stringify(header)
  const text = new TextEncoder().encode(json + ' '.repeat((8 - (Buffer.byteLength(json) % 8)) % 8))
  const length = new Uint8Array(8)
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true)
  yield length
  yield text
  for (const { data } of tensors) yield encodeFloats(data, dtype)
}

/** Writes a file atomically. @returns bytes written */
export function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  dtype: StoredDtype = 'F32',
  metadata?: Readonly<Record<string, string>>,
): number {
  return writeAtomically(path, safetensorsChunks(tensors, dtype, metadata))
}
