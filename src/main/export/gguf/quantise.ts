/** Numbers as ggml stores them. */
import { decodeFloats, encodeFloats } from '@main/formats/dtypes'
import { type TensorType, tensorBytes } from './format'

/** Q8_0: blocks of 32 values share a half-precision scale, max|x| / 127; each value is a signed byte times it. */
const BLOCK = 32
const BLOCK_BYTES = 34

function encodeQ8(values: Float32Array): Uint8Array {
  const blocks = values.length / BLOCK
  const largest = Float32Array.from({ length: blocks }, (_, block) => {
    let most = 0
    for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) most = Math.max(most, Math.abs(values[i]!))
    return most / 127
  })
  const scales = encodeFloats(largest, 'F16')
  const bytes = new Uint8Array(tensorBytes('Q8_0', values.length))
  for (let block = 0; block < blocks; block++) {
    const at = block * BLOCK_BYTES
    bytes.set(scales.subarray(2 * block, 2 * block + 2), at)
    const inverse = largest[block]! > 0 ? 1 / largest[block]! : 0
    for (let i = 0; i < BLOCK; i++) bytes[at + 2 + i] = Math.round(values[block * BLOCK + i]! * inverse)
  }
  return bytes
}

function decodeQ8(bytes: Uint8Array): Float32Array {
  const blocks = bytes.length / BLOCK_BYTES
  const values = new Float32Array(blocks * BLOCK)
  for (let block = 0; block < blocks; block++) {
    const at = block * BLOCK_BYTES
    const [scale] = decodeFloats(bytes.slice(at, at + 2), 'F16')
    for (let i = 0; i < BLOCK; i++) values[block * BLOCK + i] = ((bytes[at + 2 + i]! << 24) >> 24) * scale!
  }
  return values
}

export const encodeTensor = (values: Float32Array, type: TensorType): Uint8Array =>
  type === 'Q8_0' ? encodeQ8(values) : encodeFloats(values, type)

export const decodeTensor = (bytes: Uint8Array, type: TensorType): Float32Array =>
  type === 'Q8_0' ? decodeQ8(bytes) : decodeFloats(bytes, type)

/**
 * The type in which a tensor is stored in a file: vectors always as F32, and tensors whose rows do not fill blocks of 32 as F16 (like llama.cpp).
 */
export function storedType(shape: readonly number[], type: TensorType): TensorType {
  if (shape.length < 2) return 'F32'
  return type === 'Q8_0' && shape.at(-1)! % BLOCK !== 0 ? 'F16' : type
}
