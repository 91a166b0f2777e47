/** A smooth bound on scores and logits (Gemma 2, arXiv 2408.00118). Knows nothing of models. */
import { type Tensor, tf } from '../tensor/tf'

/** c · tanh(x / c); x itself where there is no c. */
export function softcapped(x: Tensor, cap: number | undefined): Tensor {
  return cap === undefined ? x : tf.mul(tf.tanh(tf.mul(x, 1 / cap)), cap)
}

/** d capped / d x = 1 − (capped / c)², from what `softcapped` gave. */
export function cappedSlope(capped: Tensor, cap: number): Tensor {
  return tf.sub(1, tf.square(tf.mul(capped, 1 / cap)))
}
