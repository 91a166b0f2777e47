/** Blocks of 32 values under one scale: number · d, or number · d + m. */
import { type DecodeBlock, half, int8, nibble } from './block'

const VALUES = 32

export const decodeQ40: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at)
  for (let i = 0; i < VALUES; i++) out[to + i] = d * (nibble(bytes, at + 2, 16, i) - 8)
}

export const decodeQ41: DecodeBlock = (bytes, at, out, to) => {
  const [d, m] = [half(bytes, at), half(bytes, at + 2)]
  for (let i = 0; i < VALUES; i++) out[to + i] = d * nibble(bytes, at + 4, 16, i) + m
}

/** The fifth bits of 32 values lie in 4 bytes. */
const fifth = (bytes: Uint8Array, at: number, i: number) => ((bytes[at + (i >> 3)]! >> (i & 7)) & 1) << 4

export const decodeQ50: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at)
  for (let i = 0; i < VALUES; i++) out[to + i] = d * ((nibble(bytes, at + 6, 16, i) | fifth(bytes, at + 2, i)) - 16)
}

export const decodeQ51: DecodeBlock = (bytes, at, out, to) => {
  const [d, m] = [half(bytes, at), half(bytes, at + 2)]
  for (let i = 0; i < VALUES; i++) out[to + i] = d * (nibble(bytes, at + 8, 16, i) | fifth(bytes, at + 4, i)) + m
}

export const decodeQ80: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at)
  for (let i = 0; i < VALUES; i++) out[to + i] = d * int8(bytes, at + 2 + i)
}
