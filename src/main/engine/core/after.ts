/** Order in a compiled graph. Knows nothing of models. */
import { isRecording } from '../tensor/recording'
import { type Tensor, tf } from '../tensor/tf'

/**
 * `x`, not to be computed with before `signal` is there. What is recomputed in a backward pass from `after(x, dy)` is neither merged with the
 * forward pass's equal nodes nor run early: that is what saves the memory. Eagerly, order is the program's and `x` is returned.
 * @param x, signal of any shape, float32
 */
export function after(x: Tensor, signal: Tensor): Tensor {
  if (!isRecording()) return x
  return tf.engine().runKernel('After', { x, signal }) as Tensor
}
