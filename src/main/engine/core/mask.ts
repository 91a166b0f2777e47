/**
 * Sums over the entries a mask selects. A mask is float: 0 leaves an entry out, whatever its value (also infinities and NaN), 1 counts it,
 * another positive number is its weight. Knows nothing about tokens or sequences.
 */
import { type Scalar, type Tensor, tf } from '../tensor/tf'

/** `x` where the mask is positive, 0 elsewhere. Same shapes; no gradient flows to `mask`. */
export function maskOut(x: Tensor, mask: Tensor): Tensor {
  return tf.where(tf.greater(mask, 0), x, tf.zerosLike(x))
}

/** `Σ mask · x` over all entries. Same shapes. */
function maskedSum(x: Tensor, mask: Tensor): Scalar {
  return tf.sum(tf.mul(maskOut(x, mask), mask)) as Scalar // a sum over all axes is a scalar
}

/**
 * `Σ mask · x / denominator`: this microbatch's share of a mean over the whole batch. With `denominator` = the mask's sum over all
 * microbatches, the shares add up to the mean.
 */
export function maskedMean(x: Tensor, mask: Tensor, denominator: Scalar): Scalar {
  return tf.div(maskedSum(x, mask), denominator)
}

/** `x` limited to `[low, high]`; the gradient is 0 outside. Bounds are numbers or tensors of the same shape. */
export function clamp(x: Tensor, low: number | Tensor, high: number | Tensor): Tensor {
  return tf.minimum(tf.maximum(x, low), high)
}

/** 1 where `a > b`, else 0, as float32. */
export function isGreater(a: Tensor, b: Tensor | number): Tensor {
  return tf.cast(tf.greater(a, b), 'float32')
}
