/**
 * Drawing inside a program, so that a decode step gives token ids instead of distributions. The uniform numbers are the host's, by seed and position
 * (core/rng), and so are the tokens, unless a number lies within rounding of a border between two tokens. Knows no models.
 */
import { logProbOf } from '../core/logprob'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'

/** Tokens whose probabilities are summed up together: a running sum over a whole vocabulary is slow on a graphics card. */
const BLOCK = 256
/** Just below 1: a running sum exceeds this share of its total at an entry above 0, at the latest. */
const BELOW_ONE = 1 - 2 ** -23

export interface Drawn {
  /** int32 [N] */
  readonly tokens: Tensor
  /** [N] */
  readonly logprobs: Tensor
}

/** [N] entries of `sums` that are at most `bound`: the first index where a running sum exceeds it. sums [N, K], bound [N, 1] */
const countUpTo = (sums: Tensor, bound: Tensor): Tensor => tf.sum(tf.cast(tf.lessEqual(sums, bound), 'float32'), 1)

/** sums [N, K] → what is drawn by, below the last of them: [N, 1]. */
function bounded(u: Tensor, sums: Tensor): Tensor {
  const [n, k] = sums.shape as [number, number]
  return tf.minimum(u, tf.mul(tf.slice(sums, [0, k - 1], [n, 1]), BELOW_ONE))
}

/** The first index where the running sum of probabilities exceeds u. probs [N, V], u [N, 1] → [N] */
function inverseCdf(probs: Tensor2D, u: Tensor): Tensor {
  const [n, vocabulary] = probs.shape
  const blocks = Math.ceil(vocabulary / BLOCK)
  const padded = tf.pad(probs, [
    [0, 0],
    [0, blocks * BLOCK - vocabulary],
  ])
  const apart = tf.reshape(padded, [n, blocks, BLOCK])
  const totals = tf.sum(apart, 2)
  const sums = tf.cumsum(totals, 1)
  const bound = bounded(u, sums)
  const isBefore = tf.cast(tf.lessEqual(sums, bound), 'float32')
  const block = tf.sum(isBefore, 1)
  const before = tf.sum(tf.mul(totals, isBefore), 1, true)
  const numbers = Float32Array.from({ length: blocks }, (_, i) => i)
  const hot = tf.cast(tf.equal(tf.tensor2d(numbers, [1, blocks]), tf.expandDims(block, 1)), 'float32')
  const own = tf.reshape(tf.matMul(tf.reshape(hot, [n, 1, blocks]), apart), [n, BLOCK])
  const ownSums = tf.cumsum(own, 1)
  return tf.add(tf.mul(block, BLOCK), countUpTo(ownSums, bounded(tf.sub(bound, before), ownSums)))
}

/**
 * @param logits [N, V]
 * @param u [N], each in [0, 1)
 */
export function drawnTokens(logits: Tensor2D, u: Tensor): Drawn {
  const index = inverseCdf(tf.softmax(logits), tf.reshape(u, [logits.shape[0], 1]))
  const tokens = tf.cast(index, 'int32') as Tensor1D
  return { tokens, logprobs: logProbOf(logits, tokens) }
}

/** The likeliest tokens; of ties, the lowest id. */
export function likeliestTokens(logits: Tensor2D): Drawn {
  const tokens = tf.cast(tf.argMax(logits, 1), 'int32') as Tensor1D
  return { tokens, logprobs: logProbOf(logits, tokens) }
}
