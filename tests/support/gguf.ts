/** Writes small GGUF files value by value, right or wrong ones. */

export const KIND = {
  uint8: 0, int8: 1, uint16: 2, int16: 3, uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9, uint64: 10, int64: 11, float64: 12,
} as const // biome-ignore format: one line
export type Kind = keyof typeof KIND

export interface Value {
  readonly kind: Kind
  /** Of an array. */
  readonly of?: Kind
  readonly value: unknown
}

export interface TensorBytes {
  readonly name: string
  /** Rows first. */
  readonly shape: readonly number[]
  /** ggml's number. */
  readonly type: number
  readonly bytes: Uint8Array
  /** Where it is not the place after the tensor before. */
  readonly offset?: number
}

const little = (size: number, set: (view: DataView) => void): Uint8Array => {
  const bytes = new Uint8Array(size)
  set(new DataView(bytes.buffer))
  return bytes
}

export const u32 = (value: number) => little(4, (view) => view.setUint32(0, value, true))
export const u64 = (value: number | bigint) => little(8, (view) => view.setBigUint64(0, BigInt(value), true))
export function text(value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return Buffer.concat([u64(bytes.length), bytes])
}

function scalar(kind: Kind, value: unknown): Uint8Array {
  const number = value as number
  if (kind === 'string') return text(value as string)
  if (kind === 'bool') return Uint8Array.of(Number(value))
  if (kind === 'uint8' || kind === 'int8') return Uint8Array.of(number & 255)
  if (kind === 'uint16' || kind === 'int16') return little(2, (view) => view.setInt16(0, number, true))
  if (kind === 'uint32' || kind === 'int32') return little(4, (view) => view.setInt32(0, number, true))
  if (kind === 'float32') return little(4, (view) => view.setFloat32(0, number, true))
  if (kind === 'float64') return little(8, (view) => view.setFloat64(0, number, true))
  return little(8, (view) => view.setBigInt64(0, BigInt(value as number | bigint), true))
}

export function encodeValue({ kind, of, value }: Value): Uint8Array {
  if (kind !== 'array') return scalar(kind, value)
  const list = value as readonly unknown[]
  const items = list.map((one) => (of === 'array' ? encodeValue(one as Value) : scalar(of!, one)))
  return Buffer.concat([u32(KIND[of!]), u64(list.length), ...items])
}

export const string = (value: string): Value => ({ kind: 'string', value })
export const uint = (value: number): Value => ({ kind: 'uint32', value })
export const float = (value: number): Value => ({ kind: 'float32', value })
export const array = (of: Kind, value: readonly unknown[]): Value => ({ kind: 'array', of, value })

export interface GgufParts {
  readonly version?: number
  readonly metadata?: readonly (readonly [key: string, value: Value])[]
  readonly tensors?: readonly TensorBytes[]
  readonly alignment?: number
}

/** A whole file. */
export function ggufBytes({ version = 3, metadata = [], tensors = [], alignment = 32 }: GgufParts): Buffer {
  const aligned = (size: number) => Math.ceil(size / alignment) * alignment
  const keys = metadata.map(([key, value]) => Buffer.concat([text(key), u32(KIND[value.kind]), encodeValue(value)]))
  let end = 0
  const entries = tensors.map(({ name, shape, type, bytes, offset = end }) => {
    end = aligned(offset + bytes.length)
    const sizes = shape.toReversed().map(u64)
    return Buffer.concat([text(name), u32(shape.length), ...sizes, u32(type), u64(offset)])
  })
  const magic = new TextEncoder().encode('GGUF')
  const header = Buffer.concat([magic, u32(version), u64(tensors.length), u64(metadata.length), ...keys, ...entries])
  const padded = tensors.map(({ bytes }) =>
    Buffer.concat([bytes, new Uint8Array(aligned(bytes.length) - bytes.length)]),
  )
  return Buffer.concat([header, new Uint8Array(aligned(header.length) - header.length), ...padded])
}
