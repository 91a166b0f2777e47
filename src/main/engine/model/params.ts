/** Parameter trees: flat records of tensors under their checkpoint names. */

import type { NarrowMatrix } from '../core/narrow'
import type { Tensor, Tensor2D } from '../tensor/tf'

export type Params = Readonly<Record<string, Tensor>>

export function param(params: Params, name: string): Tensor {
  const tensor = params[name]
  if (!tensor) throw new Error(`the parameter '${name}' is missing`)
  return tensor
}

/** The scale of each row of a matrix in 8 bits lies beside it. */
export const scaleName = (name: string) => `${name}.row_scale`

/** A matrix [rows, columns], as float32 or narrow: what is frozen may be kept in 16 or 8 bits, which tfjs sees as integers. */
export function matrix(params: Params, name: string, columns: number): Tensor2D | NarrowMatrix {
  const values = param(params, name)
  if (values.dtype !== 'int32') return values as Tensor2D
  return { values, scale: params[scaleName(name)] ?? null, columns }
}

export const isNarrow = (matrix: Tensor2D | NarrowMatrix): matrix is NarrowMatrix => 'values' in matrix
