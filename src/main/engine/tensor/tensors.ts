/** Named tensors, and the pure functions of them that a backend runs. */
import type { Tensor } from './tf'

export type Tensors = Readonly<Record<string, Tensor>>
export type TensorFunction = (inputs: Tensors) => Tensors
