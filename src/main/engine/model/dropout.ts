/**
 * Dropout on what enters an adapter (PEFT's `lora_dropout`), inside a compiled function: which numbers are left out is a function of a few random
 * words per row, which are inputs, so a pass can be repeated and its mask is computed again for the gradient instead of being kept.
 *
 * A row's words are the coefficients of a polynomial over the integers modulo a prime (Carter and Wegman 1979); its value at a column decides. Any two
 * numbers of a row are independent, and rows are of each other. Every product and sum is a whole number below 2^22, exact in float32 and for factors in
 * TF32 as well, so that all devices leave out the same.
 */

import { after } from '../core/after'
import { deriveSeed, hash } from '../core/rng'
import { STREAM } from '../core/streams'
import { type Tensor, type Tensor2D, tf } from '../tensor/tf'

const PRIME = 1021
const WORDS = 4

/** A tree with words for a projection is one of a training pass. */
export const dropoutName = (projection: string) => `${projection}.dropout`

/** A scalar beside them: how many of PRIME values are left out. */
export const DROPPED = 'lora.dropped'

/**
 * Fresh words for one pass.
 * @param pass what tells it from other passes of the run
 * @param rows of the batch: sequences times length
 */
export function dropoutWords(
  { rate, seed, projections }: { rate: number; seed: number; projections: readonly string[] },
  pass: readonly number[],
  rows: number,
): Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }> {
  const own = deriveSeed(seed, STREAM.dropout, ...pass)
  const words = projections.map((projection, stream) => {
    const data = Float32Array.from({ length: rows * WORDS }, (_, i) => hash(own, stream, i) % PRIME)
    return [dropoutName(projection), { shape: [rows, WORDS], data }] as const
  })
  const dropped = { shape: [], data: Float32Array.of(Math.round(rate * PRIME)) }
  return { ...Object.fromEntries(words), [DROPPED]: dropped }
}

/** [4, width]: what the words of a row are multiplied by at each column. Columns that agree in the second number differ in the fourth. */
function columns(width: number): Tensor2D {
  const points = new Float32Array(WORDS * width)
  for (let k = 0; k < width; k++) {
    const x = k % PRIME
    points[k] = 1
    points[width + k] = x
    points[2 * width + k] = (x * x) % PRIME
    points[3 * width + k] = Math.floor(k / PRIME)
  }
  return tf.tensor2d(points, [WORDS, width])
}

/** [N, width]: 0 where a number is left out, elsewhere what keeps the mean as it was. */
export function dropoutMask(words: Tensor2D, dropped: Tensor, width: number): Tensor2D {
  const value = tf.matMul(words, columns(width))
  const rest = tf.sub(value, tf.mul(tf.floor(tf.div(tf.add(value, 0.5), PRIME)), PRIME))
  const isKept = tf.cast(tf.greaterEqual(rest, dropped), 'float32')
  return tf.mul(isKept, tf.div(PRIME, tf.sub(PRIME, dropped)))
}

/**
 * dropout(x) Aᵀ. Neither the mask nor what it leaves of x is kept for the gradient.
 * @param x [N, in]
 * @param a [r, in]
 * @param words [N, 4]
 * @returns [N, r]
 */
export function droppedProduct(x: Tensor2D, a: Tensor2D, words: Tensor2D, dropped: Tensor): Tensor2D {
  const width = x.shape[1]
  const op = tf.customGrad((...args) => {
    const [x, a, save] = args as unknown as [Tensor2D, Tensor2D, (tensors: Tensor[]) => void]
    save([x, a])
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [x, a] = saved as [Tensor2D, Tensor2D]
      const mask = dropoutMask(after(words, dy) as Tensor2D, dropped, width)
      const own = dy as Tensor2D
      return [tf.mul(tf.matMul(own, a), mask), tf.matMul(own, tf.mul(x, mask) as Tensor2D, true, false)]
    }
    return { value: tf.matMul(tf.mul(x, dropoutMask(words, dropped, width)) as Tensor2D, a, false, true), gradFunc }
  })
  return op(x, a) as Tensor2D
}
