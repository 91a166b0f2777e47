/**
 * Logarithms of probabilities that stay finite and precise in float32. Values and derivatives are written out by hand
 * (`tf.customGrad`), because the derivatives of `max` and `abs` are wrong exactly at 0, where preference training starts.
 */
import { type Tensor, tf } from '../tensor/tf'

/** Log-probabilities above this count as this in `logOdds`: the odds of a certain event are infinite. */
const LOGP_CEILING = -1e-6
/** Above this, `1 − eˣ` comes from its series: the subtraction would lose digits. */
const SERIES_ABOVE = -0.1

/** `f(x).value`, whose derivative at each entry is taken to be `f(x).derivative`. */
function withDerivative(x: Tensor, f: (x: Tensor) => { readonly value: Tensor; readonly derivative: Tensor }): Tensor {
  return tf.customGrad((input, save) => {
    const { value, derivative } = f(input as Tensor) // customGrad types all its arguments as tensor or save function
    const keep = save as (tensors: Tensor[]) => void
    keep([derivative])
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(dy, saved[0]!) } // one tensor was saved
  })(x)
}

/** `log σ(x) = min(x, 0) − log(1 + e^{−|x|})`, any shape, no overflow. Derivative: `σ(−x)`. */
export function logSigmoid(x: Tensor): Tensor {
  return withDerivative(x, (z) => {
    const correction = tf.log(tf.add(tf.exp(tf.minimum(z, tf.neg(z))), 1))
    return { value: tf.sub(tf.minimum(z, 0), correction), derivative: tf.sigmoid(tf.neg(z)) }
  })
}

/**
 * `1 − eˣ` for x ≤ 0, any shape, with full relative precision near 0. Not for differentiation (see `logOdds`).
 * Series: −x (1 + x/2 (1 + x/3 (1 + x/4 (1 + x/5)))), relative error below 2e-8 for −0.1 < x ≤ 0.
 */
export function oneMinusExp(x: Tensor): Tensor {
  const near = tf.maximum(x, SERIES_ABOVE)
  let series: Tensor = tf.onesLike(near)
  for (const divisor of [5, 4, 3, 2]) series = tf.add(tf.mul(series, tf.div(near, divisor)), 1)
  return tf.where(tf.greater(x, SERIES_ABOVE), tf.neg(tf.mul(near, series)), tf.sub(1, tf.exp(x)))
}

/**
 * `log(p / (1 − p)) = x − log(1 − eˣ)` for a log-probability `x ≤ 0`, any shape. Derivative: `1 / (1 − eˣ)`.
 * `x` counts as at most −1e-6 in both, so the value stays below 13.9 and the derivative below 1e6; the derivative is not cut to 0
 * there, so that a rejected answer of probability 1 can still be unlearned.
 */
export function logOdds(x: Tensor): Tensor {
  return withDerivative(x, (z) => {
    const logp = tf.minimum(z, LOGP_CEILING)
    const complement = oneMinusExp(logp)
    return { value: tf.sub(logp, tf.log(complement)), derivative: tf.div(1, complement) }
  })
}
