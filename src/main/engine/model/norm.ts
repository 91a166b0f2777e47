/** RMSNorm with its own gradient: fewer passes over [N, D] than automatic differentiation of the formula. */
import { isRecording } from '../tensor/recording'
import { type Tensor, tf } from '../tensor/tf'

function inverseRms(x: Tensor, eps: number): Tensor {
  return tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), eps))
}

function forward(x: Tensor, weight: Tensor, eps: number): Tensor {
  if (isRecording()) return tf.engine().runKernel('RmsNorm', { x, weight }, { eps }) as Tensor
  return tf.mul(tf.mul(x, inverseRms(x, eps)), weight)
}

/**
 * y = x / √(mean(x²) + ε) · w (Zhang & Sennrich 2019, arXiv 1910.07467).
 * @param x [N, D]
 * @param weight [D]
 */
export function rmsNorm(x: Tensor, weight: Tensor, eps: number): Tensor {
  const op = tf.customGrad((...args) => {
    const [a, w, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void]
    save([a, w])
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [x, w] = saved as [Tensor, Tensor]
      const inverse = inverseRms(x, eps)
      const unit = tf.mul(x, inverse)
      const dyw = tf.mul(dy, w)
      const dx = tf.mul(inverse, tf.sub(dyw, tf.mul(unit, tf.mean(tf.mul(dyw, unit), -1, true))))
      return [dx, tf.sum(tf.mul(dy, unit), 0)]
    }
    return { value: forward(a, w, eps), gradFunc }
  })
  return op(x, weight)
}
