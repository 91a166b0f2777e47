/** Order in a compiled graph. Knows nothing of models. */
import { isRecording } from '../tensor/recording'
import { type Tensor, tf } from '../tensor/tf'

/**
 * `x`, but available only after `signal`. Nodes recomputed from `after(x, dy)` in a backward pass are neither merged with the equal nodes of the
 * forward pass nor run early, which saves memory. An eager backend runs in program order, so `x` is returned.
 * @param x, signal of any shape, float32
 */
export function after(x: Tensor, signal: Tensor): Tensor {
  if (!isRecording()) return x
  return tf.engine().runKernel('After', { x, signal }) as Tensor
}
