import { type Tensor, tf } from '../tensor/tf'

/** Mean token log-probability `logp / |y|` from the sum and the length, both [P]. An empty response counts as one token long. */
export function meanLogp(logp: Tensor, length: Tensor): Tensor {
  return tf.div(logp, tf.maximum(length, 1))
}
