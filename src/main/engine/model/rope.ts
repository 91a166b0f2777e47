/** Rotary position embedding (Su et al. 2021, arXiv 2104.09864), the half-split form of Llama checkpoints. */

import { frequencies, type RopeShape } from '../../formats/rope-frequencies'
import { isRecording } from '../tensor/recording'
import { type Tensor, tf } from '../tensor/tf'

/** cos and sin of position · frequency for positions 0 … length − 1; each [length, D/2]. */
function tables(length: number, speeds: readonly number[]): { cos: Tensor; sin: Tensor } {
  const half = speeds.length
  const angle = (i: number) => Math.floor(i / half) * speeds[i % half]!
  const table = (f: (x: number) => number) =>
    tf.tensor2d(
      Float32Array.from({ length: length * half }, (_, i) => f(angle(i))),
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

/**
 * Rotates each head's vectors by their position. The gradient is the rotation back.
 * @param x [B, H, T, D]
 * @param positions int32 [B, T], below `length`
 */
export function rope(x: Tensor, positions: Tensor, length: number, config: RopeShape): Tensor {
  const { cos, sin } = tables(length, frequencies(config))
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
