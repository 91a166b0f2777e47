/**
 * Frozen matrices in 16 or 8 bits: float32 only while a matrix product needs them, a block of rows at a time. Knows nothing of models.
 *
 * In a compiled graph every block waits for a value that is ready only when its product is due (`signal`). Otherwise all blocks would be made at
 * the start and kept for the backward pass, which is the whole matrix in float32.
 */
import { WIDENED_AT_ONCE } from '@shared/engine-limits'
import { isRecording } from '../tensor/recording'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { unpackHalves, unpackInt8 } from './packed'

/** W [rows, columns]. On a compiled backend `values` has this shape, on an eager one its columns are packed (see `packed`). */
export interface NarrowMatrix {
  readonly values: Tensor
  /** [rows]: row i is scale[i] · values[i] (8 bits). Null: half-precision floats (16 bits). */
  readonly scale: Tensor | null
  readonly columns: number
}

/** Rows [start, start + size). */
export interface RowBlock {
  readonly start: number
  readonly size: number
}

export const rowsOf = ({ values }: NarrowMatrix): number => values.shape[0]!

export function blocksOf(matrix: NarrowMatrix, atOnce = WIDENED_AT_ONCE): RowBlock[] {
  const rows = rowsOf(matrix)
  const size = Math.max(1, Math.floor(atOnce / matrix.columns))
  return Array.from({ length: Math.ceil(rows / size) }, (_, i) => ({
    start: i * size,
    size: Math.min(size, rows - i * size),
  }))
}

function widened(values: Tensor, scale: Tensor | null, columns: number): Tensor2D {
  if (!scale) return unpackHalves(values as Tensor2D, columns)
  return tf.mul(unpackInt8(values as Tensor2D, columns), tf.expandDims(scale, 1))
}

/**
 * A block of rows as float32, [size, columns].
 * @param signal of any shape and at least one number; in a compiled graph, the block is made after it
 */
export function widen({ values, scale, columns }: NarrowMatrix, { start, size }: RowBlock, signal: Tensor): Tensor2D {
  if (isRecording()) {
    const inputs = { values, signal, ...(scale ? { scale } : {}) }
    return tf.engine().runKernel('Widen', inputs, { start, size, columns }) as Tensor2D
  }
  const rows = tf.slice(values, [start, 0], [size, values.shape[1]!])
  return widened(rows, scale && tf.slice(scale, [start], [size]), columns)
}

/** W[ids] as float32, [N, columns]. @param ids int32 [N] */
export function widenRows({ values, scale, columns }: NarrowMatrix, ids: Tensor1D): Tensor2D {
  if (isRecording()) {
    return tf.engine().runKernel('WidenRows', { values, ids, ...(scale ? { scale } : {}) }, { columns }) as Tensor2D
  }
  return widened(tf.gather(values, ids), scale && tf.gather(scale, ids), columns)
}

/**
 * x Wᵀ, with a gradient to x alone.
 * @param x [N, columns]
 * @returns [N, rows]
 */
export function narrowMatMul(x: Tensor, matrix: NarrowMatrix, atOnce = WIDENED_AT_ONCE): Tensor {
  const blocks = blocksOf(matrix, atOnce)
  const n = x.shape[0]!
  const gradFunc = (dy: Tensor): Tensor => {
    let sum: Tensor | null = null
    for (const block of blocks) {
      const own = blocks.length === 1 ? dy : tf.slice(dy, [0, block.start], [n, block.size])
      const share: Tensor = tf.matMul(own as Tensor2D, widen(matrix, block, sum ?? dy))
      sum = sum ? tf.add(sum, share) : share
    }
    return sum! // a matrix has at least one block
  }
  const op = tf.customGrad((...args) => {
    const [x] = args as unknown as [Tensor]
    const parts: Tensor[] = []
    for (const block of blocks)
      parts.push(tf.matMul(x as Tensor2D, widen(matrix, block, parts.at(-1) ?? x), false, true))
    return { value: parts.length === 1 ? parts[0]! : tf.concat(parts, 1), gradFunc }
  })
  return op(x)
}
