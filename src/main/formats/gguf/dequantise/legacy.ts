/** Blocks of 32 values under one scale: number · d, or number · d + m. A byte holds the low bits of values i and i + 16. */
import { type DecodeBlock, half, int8 } from './block'

const HALF = 16

export const decodeQ40: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at)
  for (let i = 0; i < HALF; i++) {
    const byte = bytes[at + 2 + i]!
    out[to + i] = d * ((byte & 15) - 8)
    out[to + HALF + i] = d * ((byte >> 4) - 8)
  }
}

export const decodeQ41: DecodeBlock = (bytes, at, out, to) => {
  const [d, m] = [half(bytes, at), half(bytes, at + 2)]
  for (let i = 0; i < HALF; i++) {
    const byte = bytes[at + 4 + i]!
    out[to + i] = d * (byte & 15) + m
    out[to + HALF + i] = d * (byte >> 4) + m
  }
}

/** The fifth bits of 32 values, in 4 bytes. */
const fifths = (bytes: Uint8Array, at: number) =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)

export const decodeQ50: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at)
  const high = fifths(bytes, at + 2)
  for (let i = 0; i < HALF; i++) {
    const byte = bytes[at + 6 + i]!
    out[to + i] = d * (((byte & 15) | (((high >>> i) & 1) << 4)) - 16)
    out[to + HALF + i] = d * (((byte >> 4) | (((high >>> (HALF + i)) & 1) << 4)) - 16)
  }
}

export const decodeQ51: DecodeBlock = (bytes, at, out, to) => {
  const [d, m] = [half(bytes, at), half(bytes, at + 2)]
  const high = fifths(bytes, at + 4)
  for (let i = 0; i < HALF; i++) {
    const byte = bytes[at + 8 + i]!
    out[to + i] = d * ((byte & 15) | (((high >>> i) & 1) << 4)) + m
    out[to + HALF + i] = d * ((byte >> 4) | (((high >>> (HALF + i)) & 1) << 4)) + m
  }
}

export const decodeQ80: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at)
  for (let i = 0; i < 2 * HALF; i++) out[to + i] = d * int8(bytes, at + 2 + i)
}
