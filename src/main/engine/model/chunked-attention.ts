/**
 * Causal attention over a long sequence, some queries at a time: their scores reach no further than the last of them, and are computed again for
 * the gradient instead of being kept (Dao et al. 2022, arXiv 2205.14135, without its blocks of keys). [T, T] is never held whole.
 */

import { QUERIES_AT_ONCE } from '@shared/engine-limits'
import { after } from '../core/after'
import { type Tensor, tf } from '../tensor/tf'
import { MASKED } from './attention'

type Save = (tensors: Tensor[]) => void

/** Queries [start, end) look at keys [0, end). */
interface Chunk {
  readonly start: number
  readonly end: number
}

interface Shape {
  readonly batch: number
  readonly kvHeads: number
  /** Query heads per key head. */
  readonly repeat: number
  readonly length: number
  readonly headDim: number
}

function shapeOf(q: Tensor, k: Tensor): Shape {
  const [batch, kvHeads, length, headDim] = k.shape as [number, number, number, number]
  return { batch, kvHeads, length, headDim, repeat: q.shape[2]! / length }
}

function chunksOf(length: number, size: number): Chunk[] {
  const count = Math.ceil(length / size)
  return Array.from({ length: count }, (_, i) => ({ start: i * size, end: Math.min(length, (i + 1) * size) }))
}

/** The rows of a chunk's queries, whose heads follow each other: [B, H, repeat·T, D] → [B, H, repeat·c, D]. */
function queriesOf(x: Tensor, { batch, kvHeads, repeat, length, headDim }: Shape, { start, end }: Chunk): Tensor {
  const apart = tf.reshape(x, [batch * kvHeads, repeat, length, headDim])
  const own = tf.slice(apart, [0, 0, start, 0], [batch * kvHeads, repeat, end - start, headDim])
  return tf.reshape(own, [batch, kvHeads, repeat * (end - start), headDim])
}

/** The way back: chunks of queries side by side → [B, H, repeat·T, D]. */
function joinQueries(parts: readonly Tensor[], chunks: readonly Chunk[], shape: Shape): Tensor {
  const { batch, kvHeads, repeat, length, headDim } = shape
  const apart = parts.map((part, i) =>
    tf.reshape(part, [batch * kvHeads, repeat, chunks[i]!.end - chunks[i]!.start, headDim]),
  )
  return tf.reshape(tf.concat(apart, 2), [batch, kvHeads, repeat * length, headDim])
}

const keysUntil = (x: Tensor, end: number): Tensor =>
  tf.slice(x, [0, 0, 0, 0], [x.shape[0]!, x.shape[1]!, end, x.shape[3]!])

const range = (start: number, end: number) => Float32Array.from({ length: end - start }, (_, i) => start + i)

/** softmax(q kᵀ + mask) of a chunk: [B, H, repeat·c, end]. */
function weightsOf(q: Tensor, k: Tensor, repeat: number, { start, end }: Chunk): Tensor {
  const rows = tf.tile(tf.tensor1d(range(start, end)), [repeat])
  const isLater = tf.greater(tf.tensor2d(range(0, end), [1, end]), tf.reshape(rows, [repeat * (end - start), 1]))
  const mask = tf.mul(tf.cast(isLater, 'float32'), MASKED)
  return tf.softmax(tf.add(tf.matMul(q, k, false, true), mask))
}

/** Sums gradients of [0, end) for growing ends, without padding: every stretch of keys adds up the chunks that saw it. */
function sumPrefixes(parts: readonly Tensor[], chunks: readonly Chunk[]): Tensor {
  const stretches = chunks.map(({ start, end }, stretch) =>
    parts
      .slice(stretch)
      .map((part) => tf.slice(part, [0, 0, start, 0], [part.shape[0]!, part.shape[1]!, end - start, part.shape[3]!]))
      .reduce((a, b) => tf.add(a, b)),
  )
  return tf.concat(stretches, 2)
}

/**
 * As `attention` with a causal mask.
 * @param q [B, H, repeat·T, D], already scaled; heads of one group follow each other
 * @param k [B, H, T, D]
 * @param v [B, H, T, D]
 * @returns [B, H, repeat·T, D]
 */
export function chunkedAttention(q: Tensor, k: Tensor, v: Tensor, size = QUERIES_AT_ONCE): Tensor {
  const shape = shapeOf(q, k)
  const chunks = chunksOf(shape.length, size)

  const gradient = (dy: Tensor, [q, k, v, mixed]: Tensor[]): Tensor[] => {
    const parts = chunks.map((chunk) => {
      const dOut = queriesOf(dy, shape, chunk)
      const own = after(queriesOf(q!, shape, chunk), dOut)
      const [keys, values] = [keysUntil(k!, chunk.end), keysUntil(v!, chunk.end)]
      const weights = weightsOf(own, keys, shape.repeat, chunk)
      const inner = tf.sum(tf.mul(dOut, queriesOf(mixed!, shape, chunk)), -1, true)
      const dScores = tf.mul(weights, tf.sub(tf.matMul(dOut, values, false, true), inner))
      return { q: tf.matMul(dScores, keys), k: tf.matMul(dScores, own, true), v: tf.matMul(weights, dOut, true) }
    })
    const of = (name: 'q' | 'k' | 'v') => parts.map((part) => part[name])
    return [joinQueries(of('q'), chunks, shape), sumPrefixes(of('k'), chunks), sumPrefixes(of('v'), chunks)]
  }

  const op = tf.customGrad((...args) => {
    const [q, k, v, save] = args as unknown as [Tensor, Tensor, Tensor, Save]
    const parts = chunks.map((chunk) => {
      const weights = weightsOf(queriesOf(q, shape, chunk), keysUntil(k, chunk.end), shape.repeat, chunk)
      return tf.matMul(weights, keysUntil(v, chunk.end))
    })
    const value = joinQueries(parts, chunks, shape)
    save([q, k, v, value])
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy, saved) }
  })
  return op(q, k, v)
}
