/**
 * Packs four bytes or two half-precision floats into 32-bit integers, for backends without smaller types. The
 * columns of each row are packed, the last word filled with zeros. The highest part of a word is signed, so that rounding down divides exactly.
 */

import { halfToFloat } from '../../formats/dtypes'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'

const wordsOf = (columns: number, perWord: number) => Math.ceil(columns / perWord)

/** Integers in [−128, 127], row by row → four a word. */
export function packInt8(values: Int8Array, [rows, columns]: readonly [number, number]): Int32Array {
  const words = wordsOf(columns, 4)
  const out = new Int32Array(rows * words)
  const bytes = new Uint8Array(out.buffer) // little-endian, like every machine that this program runs on
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) bytes[4 * row * words + i] = values[row * columns + i]! + 128
  }
  for (let i = 3; i < bytes.length; i += 4) bytes[i]! ^= 128
  return out
}

/** Bits of half-precision floats, row by row → two a word. */
export function packHalves(bits: Uint16Array, [rows, columns]: readonly [number, number]): Int32Array {
  const words = wordsOf(columns, 2)
  const out = new Int32Array(rows * words)
  const halves = new Uint16Array(out.buffer)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) halves[2 * row * words + i] = bits[row * columns + i]!
  }
  return out
}

/** word = Σ part[i] · base^i; the last part is signed. int32 [..] each. */
function partsOf(words: Tensor, base: number, count: number): Tensor[] {
  const divisor = tf.scalar(base, 'int32')
  const parts: Tensor[] = []
  let rest = words
  for (let i = 0; i < count - 1; i++) {
    // Some backends divide integers as float32, which may round a large word up to the next multiple; then the remainder is negative.
    const quotient = tf.floorDiv(rest, divisor)
    const part = tf.sub(rest, tf.mul(quotient, divisor))
    const isBelow = tf.cast(tf.less(part, tf.scalar(0, 'int32')), 'int32')
    parts.push(tf.add(part, tf.mul(isBelow, divisor)))
    rest = tf.sub(quotient, isBelow)
  }
  return [...parts, rest]
}

/** The parts in order, without the padding of the last word: [rows, columns]. */
function interleaved(parts: readonly Tensor[], columns: number): Tensor2D {
  const [rows, words] = parts[0]!.shape as [number, number]
  const all = tf.reshape(tf.stack([...parts], 2), [rows, words * parts.length])
  return tf.slice(all, [0, 0], [rows, columns]) as Tensor2D
}

/** @param words int32 [rows, ⌈columns / 4⌉] of `packInt8` */
export function unpackInt8(words: Tensor2D, columns: number): Tensor2D {
  const parts = partsOf(words, 256, 4).map((part, i) => {
    const value = tf.cast(part, 'float32')
    return i < 3 ? tf.sub(value, 128) : value
  })
  return interleaved(parts, columns)
}

const tables = new Map<number, Float32Array>()

/** The half-precision numbers in the order of their bits, read as unsigned (`first` = 0) or signed (`first` = −32,768) integers. */
function table(first: number): Tensor1D {
  const known = tables.get(first) ?? Float32Array.from({ length: 1 << 16 }, (_, i) => halfToFloat((i + first) & 0xffff))
  tables.set(first, known)
  return tf.tensor1d(known)
}

/** @param words int32 [rows, ⌈columns / 2⌉] of `packHalves` */
export function unpackHalves(words: Tensor2D, columns: number): Tensor2D {
  const [low, high] = partsOf(words, 1 << 16, 2) as [Tensor, Tensor]
  const parts = [tf.gather(table(0), low), tf.gather(table(-(1 << 15)), tf.add(high, tf.scalar(1 << 15, 'int32')))]
  return interleaved(parts, columns)
}
