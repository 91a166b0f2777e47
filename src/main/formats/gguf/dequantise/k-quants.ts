/** Blocks of 256 values in 8 or 16 parts; each part has a small whole number that multiplies the block's scale. */
import { crumb, type DecodeBlock, half, int8, nibble } from './block'

const VALUES = 256

/** 16 bytes of scales and minima, 64 of numbers, d, dmin. */
export const decodeQ2K: DecodeBlock = (bytes, at, out, to) => {
  const [d, min] = [half(bytes, at + 80), half(bytes, at + 82)]
  for (let i = 0; i < VALUES; i++) {
    const scale = bytes[at + (i >> 4)]!
    out[to + i] = d * (scale & 15) * crumb(bytes, at + 16, i) - min * (scale >> 4)
  }
}

/** Six bits: four in the first 8 bytes, two in the 4 after them. */
function scaleOfQ3(bytes: Uint8Array, at: number, part: number): number {
  const low = (bytes[at + (part & 7)]! >> (4 * (part >> 3))) & 15
  const high = (bytes[at + 8 + (part & 3)]! >> (2 * (part >> 2))) & 3
  return (low | (high << 4)) - 32
}

/** 32 bytes of third bits (a number without its bit is 4 less), 64 of numbers, 12 of scales, d. */
export const decodeQ3K: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at + 108)
  for (let part = 0; part < 16; part++) {
    const scale = d * scaleOfQ3(bytes, at + 96, part)
    for (let i = 16 * part; i < 16 * part + 16; i++) {
      const isWhole = (bytes[at + (i & 31)]! >> (i >> 5)) & 1
      out[to + i] = scale * (crumb(bytes, at + 32, i) - (isWhole ? 0 : 4))
    }
  }
}

/** Scale and minimum of one of 8 parts, six bits each, in 12 bytes. */
function scaleAndMin(bytes: Uint8Array, at: number, part: number): readonly [scale: number, min: number] {
  const [first, second] = [bytes[at + (part & 3)]!, bytes[at + 4 + (part & 3)]!]
  if (part < 4) return [first & 63, second & 63]
  const rest = bytes[at + 4 + part]!
  return [(rest & 15) | ((first >> 2) & 48), (rest >> 4) | ((second >> 2) & 48)]
}

/** d, dmin, 12 bytes of scales and minima, 128 of numbers. */
export const decodeQ4K: DecodeBlock = (bytes, at, out, to) => {
  const [d, dmin] = [half(bytes, at), half(bytes, at + 2)]
  for (let part = 0; part < 8; part++) {
    const [scale, min] = scaleAndMin(bytes, at + 4, part)
    for (let i = 32 * part; i < 32 * part + 32; i++)
      out[to + i] = d * scale * nibble(bytes, at + 16, 32, i) - dmin * min
  }
}

/** As Q4_K, with 32 bytes of fifth bits before the numbers. */
export const decodeQ5K: DecodeBlock = (bytes, at, out, to) => {
  const [d, dmin] = [half(bytes, at), half(bytes, at + 2)]
  for (let part = 0; part < 8; part++) {
    const [scale, min] = scaleAndMin(bytes, at + 4, part)
    for (let i = 32 * part; i < 32 * part + 32; i++) {
      const fifth = ((bytes[at + 16 + (i & 31)]! >> part) & 1) << 4
      out[to + i] = d * scale * (nibble(bytes, at + 48, 32, i) | fifth) - dmin * min
    }
  }
}

/** 128 bytes of low halves, 64 of fifth and sixth bits, 16 of scales, d. */
export const decodeQ6K: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at + 208)
  for (let part = 0; part < 16; part++) {
    const scale = d * int8(bytes, at + 192 + part)
    for (let i = 16 * part; i < 16 * part + 16; i++) {
      const number = nibble(bytes, at, 64, i) | (crumb(bytes, at + 128, i) << 4)
      out[to + i] = scale * (number - 32)
    }
  }
}
