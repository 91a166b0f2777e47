/** Numbers of 4 bits that name one of 16 uneven values. */
import { type DecodeBlock, half, nibble } from './block'

const VALUES = Int8Array.of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113)

export const decodeIQ4NL: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at)
  for (let i = 0; i < 32; i++) out[to + i] = d * VALUES[nibble(bytes, at + 2, 16, i)]!
}

/** d, 2 bytes with the high bits of 8 scales, 4 with their low ones, 128 of numbers. */
export const decodeIQ4XS: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at)
  const high = bytes[at + 2]! | (bytes[at + 3]! << 8)
  for (let part = 0; part < 8; part++) {
    const low = (bytes[at + 4 + (part >> 1)]! >> (4 * (part & 1))) & 15
    const scale = d * ((low | (((high >> (2 * part)) & 3) << 4)) - 32)
    for (let i = 0; i < 32; i++) out[to + 32 * part + i] = scale * VALUES[nibble(bytes, at + 8 + 16 * part, 16, i)]!
  }
}
