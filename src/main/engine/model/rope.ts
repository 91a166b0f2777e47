/** Rotary position embedding (Su et al. 2021, arXiv 2104.09864), the half-split form of Llama checkpoints. */

import { frequencies, type RopeShape, rotationScale } from '../../formats/rope-frequencies'
import { isRecording } from '../tensor/recording'
import { type Tensor, tf } from '../tensor/tf'

/** cos and sin of position · frequency for positions 0 … length − 1, times a scale; each [length, R/2]. */
function tables(length: number, shape: RopeShape): { cos: Tensor; sin: Tensor } {
  const speeds = frequencies(shape)
  const scale = rotationScale(shape)
  const half = speeds.length
  const angle = (i: number) => Math.floor(i / half) * speeds[i % half]!
  const table = (f: (x: number) => number) =>
    tf.tensor2d(
      Float32Array.from({ length: length * half }, (_, i) => scale * f(angle(i))),
      [length, half],
    )
  return { cos: table(Math.cos), sin: table(Math.sin) }
}

/** cos, sin: [1 or B, 1, T, D/2], already gathered by position. */
function rotateComposed(x: Tensor, cos: Tensor, sin: Tensor): Tensor {
  const [a, b] = tf.split(x, 2, -1) as [Tensor, Tensor]
  return tf.concat([tf.sub(tf.mul(a, cos), tf.mul(b, sin)), tf.add(tf.mul(b, cos), tf.mul(a, sin))], -1)
}

function rotate(x: Tensor, positions: Tensor, cos: Tensor, sin: Tensor): Tensor {
  if (isRecording()) return tf.engine().runKernel('Rope', { x, positions, cos, sin }) as Tensor
  const at = (table: Tensor) => tf.expandDims(tf.gather(table, positions), 1)
  return rotateComposed(x, at(cos), at(sin))
}

/** All of x. The gradient is the rotation back. */
function rotateAll(x: Tensor, positions: Tensor, length: number, shape: RopeShape): Tensor {
  const { cos, sin } = tables(length, shape)
  const op = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [Tensor, (tensors: Tensor[]) => void]
    save([positions, cos, sin])
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [positions, cos, sin] = saved as [Tensor, Tensor, Tensor]
      return rotate(dy, positions, cos, tf.neg(sin))
    }
    return { value: rotate(input, positions, cos, sin), gradFunc }
  })
  return op(x)
}

/**
 * Rotates each head's vectors by their position, or the first R numbers of them.
 * @param x [B, H, T, D]
 * @param positions int32 [B, T], below `length`
 */
export function rope(x: Tensor, positions: Tensor, length: number, shape: RopeShape): Tensor {
  const { rotaryDim, headDim } = shape
  if (rotaryDim === undefined || rotaryDim === headDim) return rotateAll(x, positions, length, shape)
  const [moving, rest] = tf.split(x, [rotaryDim, headDim - rotaryDim], -1) as [Tensor, Tensor]
  return tf.concat([rotateAll(moving, positions, length, shape), rest], -1)
}
