/**
 * The container: GGUF version 3 (ggml's docs/gguf.md). Metadata of typed keys, then tensors by name, type and offset, then their bytes, each
 * aligned. Knows no model.
 */
import { GpoError } from '@shared/errors'

export const ALIGNMENT = 32
const MAGIC = 0x46554747 // "GGUF"
const VERSION = 3

/** ggml's numbers of the tensor types that are written here. */
export const TENSOR_TYPES = { F32: 0, F16: 1, Q8_0: 8, BF16: 30 } as const
export type TensorType = keyof typeof TENSOR_TYPES

export type MetadataValue =
  | { readonly type: 'uint32' | 'int32' | 'float32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'int32s'; readonly value: readonly number[] }
  | { readonly type: 'float32s'; readonly value: readonly number[] }

export type Metadata = ReadonlyMap<string, MetadataValue>

export interface TensorEntry {
  readonly name: string
  /** In the order of the checkpoint, rows first: [out, in]. */
  readonly shape: readonly number[]
  readonly type: TensorType
  readonly bytes: number
}

const KIND = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const

/** Collects little-endian bytes. */
class ByteWriter {
  private bytes = new Uint8Array(1 << 16)
  private view = new DataView(this.bytes.buffer)
  private used = 0

  private room(size: number): number {
    const at = this.used
    this.used += size
    if (this.used > this.bytes.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(this.used)))
      larger.set(this.bytes)
      this.bytes = larger
      this.view = new DataView(larger.buffer)
    }
    return at
  }
  /** Grow the buffer before using the view, because growing replaces the view. */
  private write(size: number, set: (view: DataView, at: number) => void): void {
    const at = this.room(size)
    set(this.view, at)
  }
  uint32 = (value: number): void => this.write(4, (view, at) => view.setUint32(at, value, true))
  int32 = (value: number): void => this.write(4, (view, at) => view.setInt32(at, value, true))
  uint64 = (value: number): void => this.write(8, (view, at) => view.setBigUint64(at, BigInt(value), true))
  float32 = (value: number): void => this.write(4, (view, at) => view.setFloat32(at, value, true))
  uint8 = (value: number): void => this.write(1, (view, at) => view.setUint8(at, value))
  string(text: string): void {
    const encoded = new TextEncoder().encode(text)
    this.uint64(encoded.length)
    const at = this.room(encoded.length)
    this.bytes.set(encoded, at)
  }
  pad(): void {
    this.room((ALIGNMENT - (this.used % ALIGNMENT)) % ALIGNMENT)
  }
  done = (): Uint8Array => this.bytes.slice(0, this.used)
}

function writeArray<T>(out: ByteWriter, kind: number, values: readonly T[], write: (value: T) => void): void {
  out.uint32(KIND.array)
  out.uint32(kind)
  out.uint64(values.length)
  for (const value of values) write(value)
}

function writeValue(out: ByteWriter, entry: MetadataValue): void {
  if (entry.type === 'strings') writeArray(out, KIND.string, entry.value, (text) => out.string(text))
  else if (entry.type === 'int32s') writeArray(out, KIND.int32, entry.value, out.int32)
  else if (entry.type === 'float32s') writeArray(out, KIND.float32, entry.value, out.float32)
  else {
    out.uint32(KIND[entry.type])
    if (entry.type === 'string') out.string(entry.value)
    else if (entry.type === 'bool') out.uint8(Number(entry.value))
    else out[entry.type](entry.value)
  }
}

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT

/** Everything before the tensors' bytes, padded so that they begin aligned. */
export function encodeHeader(metadata: Metadata, tensors: readonly TensorEntry[]): Uint8Array {
  const out = new ByteWriter()
  out.uint32(MAGIC)
  out.uint32(VERSION)
  out.uint64(tensors.length)
  out.uint64(metadata.size)
  for (const [key, value] of metadata) {
    out.string(key)
    writeValue(out, value)
  }
  let offset = 0
  for (const { name, shape, type, bytes } of tensors) {
    out.string(name)
    out.uint32(shape.length)
    for (const size of shape.toReversed()) out.uint64(size) // ggml counts the innermost dimension first
    out.uint32(TENSOR_TYPES[type])
    out.uint64(offset)
    offset += aligned(bytes)
  }
  out.pad()
  return out.done()
}

/** The padding after a tensor of this many bytes. */
export const paddingAfter = (bytes: number): Uint8Array => new Uint8Array(aligned(bytes) - bytes)

export interface TensorPlace extends TensorEntry {
  /** From the beginning of the file. */
  readonly offset: number
}

/** Bytes of a tensor's elements. */
export function tensorBytes(type: TensorType, elements: number): number {
  if (type === 'Q8_0') return (elements / 32) * 34
  return elements * (type === 'F32' ? 4 : 2)
}

/** Reads little-endian values and refuses to go past the end: a file may be damaged. */
class ByteReader {
  private readonly view: DataView
  used = 0
  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  private take(size: number): number {
    const at = this.used
    if (size < 0 || at + size > this.bytes.length) this.fail(`ends after ${this.bytes.length} bytes, inside its header`)
    this.used += size
    return at
  }
  fail(what: string): never {
    throw new GpoError('storage', `${this.file} ${what}: export it again`)
  }
  uint8 = (): number => this.view.getUint8(this.take(1))
  uint32 = (): number => this.view.getUint32(this.take(4), true)
  int32 = (): number => this.view.getInt32(this.take(4), true)
  float32 = (): number => this.view.getFloat32(this.take(4), true)
  uint64(): number {
    const value = this.view.getBigUint64(this.take(8), true)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) this.fail('has a number that is too large')
    return Number(value)
  }
  string(): string {
    const length = this.uint64()
    const at = this.take(length)
    return new TextDecoder().decode(this.bytes.subarray(at, at + length))
  }
  /** Reads a count of items of at least `size` bytes each, which must fit into the rest of the file. */
  count(size: number): number {
    const count = this.uint64()
    if (count * size > this.bytes.length - this.used) this.fail(`announces ${count} entries, which do not fit in it`)
    return count
  }
}

function readValue(input: ByteReader): MetadataValue {
  const kind = input.uint32()
  if (kind === KIND.string) return { type: 'string', value: input.string() }
  if (kind === KIND.uint32) return { type: 'uint32', value: input.uint32() }
  if (kind === KIND.int32) return { type: 'int32', value: input.int32() }
  if (kind === KIND.float32) return { type: 'float32', value: input.float32() }
  if (kind === KIND.bool) return { type: 'bool', value: input.uint8() !== 0 }
  if (kind !== KIND.array) input.fail(`has a value of the unknown kind ${kind}`)
  const of = input.uint32()
  const list = <T>(size: number, read: () => T) => Array.from({ length: input.count(size) }, read)
  if (of === KIND.string) return { type: 'strings', value: list(8, () => input.string()) }
  if (of === KIND.int32) return { type: 'int32s', value: list(4, input.int32) }
  if (of === KIND.float32) return { type: 'float32s', value: list(4, input.float32) }
  return input.fail(`has a list of the unknown kind ${of}`)
}

const typeOf = (code: number) =>
  (Object.keys(TENSOR_TYPES) as TensorType[]).find((name) => TENSOR_TYPES[name] === code) ?? null

/**
 * Parses the header of a file; knows only the kinds of values and tensors that this program writes.
 * @param size of the whole file, bytes
 * @throws {GpoError} 'storage' for a file that is damaged
 */
export function decodeHeader(
  bytes: Uint8Array,
  size: number,
  file: string,
): { readonly metadata: Metadata; readonly tensors: readonly TensorPlace[] } {
  const input = new ByteReader(bytes, file)
  if (input.uint32() !== MAGIC) input.fail('is not a GGUF file')
  const version = input.uint32()
  if (version !== VERSION) input.fail(`has version ${version}, not ${VERSION}`)
  const tensorCount = input.count(24)
  const keyCount = input.count(12)
  const metadata = new Map(Array.from({ length: keyCount }, () => [input.string(), readValue(input)] as const))
  const entries = Array.from({ length: tensorCount }, () => readEntry(input))
  const start = aligned(input.used)
  return {
    metadata,
    tensors: entries.map((entry) => {
      const offset = start + entry.offset
      if (offset + entry.bytes > size) input.fail(`ends inside the tensor ${entry.name}`)
      return { ...entry, offset }
    }),
  }
}

function readEntry(input: ByteReader): TensorPlace {
  const name = input.string()
  const rank = input.uint32()
  if (rank < 1 || rank > 4) input.fail(`gives the tensor ${name} ${rank} dimensions`)
  const shape = Array.from({ length: rank }, () => input.uint64()).toReversed()
  const code = input.uint32()
  const type = typeOf(code)
  if (type === null) return input.fail(`gives the tensor ${name} the unknown type ${code}`)
  const elements = shape.reduce((a, b) => a * b, 1)
  return { name, shape, type, bytes: tensorBytes(type, elements), offset: input.uint64() }
}
