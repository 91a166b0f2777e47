/**
 * Causal attention over a long sequence, some queries at a time: their scores reach from the first key that one of them sees to the last of them, and
 * are computed again for the gradient instead of being kept (Dao et al. 2022, arXiv 2205.14135, without its blocks of keys). [T, T] is never held whole.
 */

import { QUERIES_AT_ONCE } from '@shared/engine-limits'
import { after } from '../core/after'
import { cappedSlope, softcapped } from '../core/softcap'
import { type Tensor, tf } from '../tensor/tf'
import { type AttentionRules, MASKED } from './attention'

type Save = (tensors: Tensor[]) => void

/** Queries [start, end) look at keys [from, end). */
interface Chunk {
  readonly start: number
  readonly end: number
  /** Where a chunk starts. */
  readonly from: number
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

function chunksOf(length: number, size: number, window = length): Chunk[] {
  const firstKey = (start: number) => Math.floor(Math.max(0, start + 1 - window) / size) * size
  return Array.from({ length: Math.ceil(length / size) }, (_, i) => ({
    start: i * size,
    end: Math.min(length, (i + 1) * size),
    from: firstKey(i * size),
  }))
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

const keysOf = (x: Tensor, { from, end }: Chunk): Tensor =>
  tf.slice(x, [0, 0, from, 0], [x.shape[0]!, x.shape[1]!, end - from, x.shape[3]!])

const range = (start: number, end: number) => Float32Array.from({ length: end - start }, (_, i) => start + i)

/** MASKED where a query of the chunk does not see a key: [repeat·c, end − from]. */
function maskOf({ start, end, from }: Chunk, repeat: number, window: number | undefined): Tensor {
  const rows = tf.reshape(tf.tile(tf.tensor1d(range(start, end)), [repeat]), [repeat * (end - start), 1])
  const keys = tf.tensor2d(range(from, end), [1, end - from])
  const later = tf.cast(tf.greater(keys, rows), 'float32')
  if (window === undefined) return tf.mul(later, MASKED)
  const earlier = tf.cast(tf.lessEqual(keys, tf.sub(rows, window)), 'float32')
  return tf.mul(tf.add(later, earlier), MASKED)
}

interface Weights {
  /** Scores after the cap. */
  readonly scores: Tensor
  /** softmax(scores + mask). */
  readonly weights: Tensor
}

/** Of a chunk, both [B, H, repeat·c, end − from]. */
function weightsOf(q: Tensor, k: Tensor, repeat: number, chunk: Chunk, { window, softcap }: AttentionRules): Weights {
  const scores = softcapped(tf.matMul(q, k, false, true), softcap)
  return { scores, weights: tf.softmax(tf.add(scores, maskOf(chunk, repeat, window))) }
}

/** Sums gradients of the keys that each chunk saw, without padding: every stretch of keys adds up the chunks that saw it. */
function sumKeys(parts: readonly Tensor[], chunks: readonly Chunk[]): Tensor {
  const stretches = chunks.map(({ start, end }) =>
    parts
      .flatMap((part, i) => {
        const { from, end: last } = chunks[i]!
        if (start < from || end > last) return []
        return [tf.slice(part, [0, 0, start - from, 0], [part.shape[0]!, part.shape[1]!, end - start, part.shape[3]!])]
      })
      .reduce((sum, part) => tf.add(sum, part)),
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
export function chunkedAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  rules: AttentionRules = {},
  size = QUERIES_AT_ONCE,
): Tensor {
  const shape = shapeOf(q, k)
  const { softcap } = rules
  const chunks = chunksOf(shape.length, size, rules.window)

  const gradient = (dy: Tensor, [q, k, v, mixed]: Tensor[]): Tensor[] => {
    const parts = chunks.map((chunk) => {
      const dOut = queriesOf(dy, shape, chunk)
      const own = after(queriesOf(q!, shape, chunk), dOut)
      const [keys, values] = [keysOf(k!, chunk), keysOf(v!, chunk)]
      const { scores, weights } = weightsOf(own, keys, shape.repeat, chunk, rules)
      const inner = tf.sum(tf.mul(dOut, queriesOf(mixed!, shape, chunk)), -1, true)
      const dCapped = tf.mul(weights, tf.sub(tf.matMul(dOut, values, false, true), inner))
      const dScores = softcap === undefined ? dCapped : tf.mul(dCapped, cappedSlope(scores, softcap))
      return { q: tf.matMul(dScores, keys), k: tf.matMul(dScores, own, true), v: tf.matMul(weights, dOut, true) }
    })
    const of = (name: 'q' | 'k' | 'v') => parts.map((part) => part[name])
    return [joinQueries(of('q'), chunks, shape), sumKeys(of('k'), chunks), sumKeys(of('v'), chunks)]
  }

  const op = tf.customGrad((...args) => {
    const [q, k, v, save] = args as unknown as [Tensor, Tensor, Tensor, Save]
    const parts = chunks.map((chunk) => {
      const { weights } = weightsOf(queriesOf(q, shape, chunk), keysOf(k, chunk), shape.repeat, chunk, rules)
      return tf.matMul(weights, keysOf(v, chunk))
    })
    const value = joinQueries(parts, chunks, shape)
    save([q, k, v, value])
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy, saved) }
  })
  return op(q, k, v)
}
