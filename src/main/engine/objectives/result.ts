import type { Scalar } from '../tensor/tf'

/**
 * The result of an objective for one microbatch. The loss and every stat are sums over the microbatch divided by the whole batch's
 * denominator: added over the microbatches of a batch, they are the batch's means.
 */
export type ObjectiveResult = {
  readonly loss: Scalar
  readonly stats: Readonly<Record<string, Scalar>>
}
