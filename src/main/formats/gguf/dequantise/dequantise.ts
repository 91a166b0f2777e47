/** Tensors as ggml stores them → float32, bit for bit as llama.cpp's `gguf` package does it (tests/parity/gguf_blocks.py). */
import { decodeFloats } from '../../dtypes'
import type { GgmlType } from '../types'
import type { DecodeBlock } from './block'
import { decodeIQ4NL, decodeIQ4XS } from './iq4'
import { decodeQ2K, decodeQ3K, decodeQ4K, decodeQ5K, decodeQ6K } from './k-quants'
import { decodeQ40, decodeQ41, decodeQ50, decodeQ51, decodeQ80 } from './legacy'

type Decode = (bytes: Uint8Array, type: GgmlType) => Float32Array

function decodeDoubles(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true))
}

const inBlocks =
  (decode: DecodeBlock): Decode =>
  (bytes, type) => {
    const blocks = bytes.length / type.bytes
    const out = new Float32Array(blocks * type.values)
    for (let block = 0; block < blocks; block++) decode(bytes, block * type.bytes, out, block * type.values)
    return out
  }

const DECODERS: Readonly<Record<string, Decode>> = {
  F32: (bytes) => decodeFloats(bytes, 'F32'),
  F16: (bytes) => decodeFloats(bytes, 'F16'),
  BF16: (bytes) => decodeFloats(bytes, 'BF16'),
  F64: decodeDoubles,
  Q4_0: inBlocks(decodeQ40),
  Q4_1: inBlocks(decodeQ41),
  Q5_0: inBlocks(decodeQ50),
  Q5_1: inBlocks(decodeQ51),
  Q8_0: inBlocks(decodeQ80),
  Q2_K: inBlocks(decodeQ2K),
  Q3_K: inBlocks(decodeQ3K),
  Q4_K: inBlocks(decodeQ4K),
  Q5_K: inBlocks(decodeQ5K),
  Q6_K: inBlocks(decodeQ6K),
  IQ4_NL: inBlocks(decodeIQ4NL),
  IQ4_XS: inBlocks(decodeIQ4XS),
}

export const READABLE_TYPES: readonly string[] = Object.keys(DECODERS)

export const isReadable = ({ name }: GgmlType): boolean => Object.hasOwn(DECODERS, name)

/** @param bytes of whole blocks, little-endian @param type one that is readable */
export const dequantise = (bytes: Uint8Array, type: GgmlType): Float32Array => DECODERS[type.name]!(bytes, type)
