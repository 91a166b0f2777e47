/** Named tensors, and pure functions of them: what a backend prepares and runs. */
import type { Tensor } from './tf'

export type Tensors = Readonly<Record<string, Tensor>>
export type TensorFunction = (inputs: Tensors) => Tensors
