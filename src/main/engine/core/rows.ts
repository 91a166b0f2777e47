/** Rows of a table by their numbers, and their gradient. Knows nothing of models. */
import { isRecording } from '../tensor/recording'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'

/**
 * [rows, D] of zeros with values[n] added to row ids[n]; ids may repeat. In a compiled graph, adding another tensor to it adds the rows to that
 * one in place.
 * @param values [N, D]
 * @param ids int32 [N], each in [0, rows)
 */
export function scatterRows(values: Tensor, ids: Tensor1D, rows: number): Tensor {
  if (isRecording()) return tf.engine().runKernel('ScatterRows', { values, ids }, { rows }) as Tensor
  return tf.unsortedSegmentSum(values as Tensor2D, ids, rows)
}

/**
 * table[ids], [N, D]; the gradient flows to the table.
 * @param table [V, D]
 * @param ids int32 [N], each in [0, V)
 */
export function gatherRows(table: Tensor2D, ids: Tensor1D): Tensor2D {
  const op = tf.customGrad((...args) => {
    const [rows, save] = args as unknown as [Tensor2D, (tensors: Tensor[]) => void]
    save([ids])
    const gradFunc = (dy: Tensor, [ids]: Tensor[]) => scatterRows(dy, ids as Tensor1D, table.shape[0])
    return { value: tf.gather(rows, ids), gradFunc }
  })
  return op(table) as Tensor2D
}
