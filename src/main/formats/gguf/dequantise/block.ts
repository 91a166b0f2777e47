/** What the decoders of all block types share. A file's scales are half-precision numbers; products are rounded to float32 where they are stored. */
import { halfTable } from '../../dtypes'

/** Turns the block that begins at `bytes[at]` into float32 from `out[to]` on. */
export type DecodeBlock = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void

const halves = halfTable()

/** The half-precision number at `bytes[at]`, as float32. */
export const half = (bytes: Uint8Array, at: number): number => halves[bytes[at]! | (bytes[at + 1]! << 8)]!

export const int8 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 24) >> 24

/**
 * Number `i` of those that are packed in 4 bits from `bytes[at]` on: the low halves of `run` bytes, then their high halves.
 * @param run a power of two
 */
export const nibble = (bytes: Uint8Array, at: number, run: number, i: number): number =>
  (bytes[at + (((i & (-2 * run)) >> 1) | (i & (run - 1)))]! >> (i & run ? 4 : 0)) & 15

/** As `nibble`, in 2 bits: from each run of 32 bytes 128 numbers, lowest bits first. */
export const crumb = (bytes: Uint8Array, at: number, i: number): number =>
  (bytes[at + 32 * (i >> 7) + (i & 31)]! >> (2 * ((i >> 5) & 3))) & 3
