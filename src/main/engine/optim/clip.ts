/** Gradient clipping by the norm over all parameters together. */

import { mapTree, type ParameterTree } from '../core/tree'
import { type Scalar, tf } from '../tensor/tf'

/** Added to the norm, as in PyTorch's `clip_grad_norm_`. */
export const NORM_EPSILON = 1e-6

/** `Σ g²` over every entry of every tensor. */
export function squaredNorm(grads: ParameterTree): Scalar {
  const squares = Object.values(grads).map((g) => tf.sum(tf.square(g)) as Scalar) // a sum over all axes is a scalar
  return squares.reduce((total, square) => tf.add(total, square) as Scalar, tf.scalar(0))
}

/** `√ Σ g²` over every entry of every tensor. */
const globalNorm = (grads: ParameterTree): Scalar => tf.sqrt(squaredNorm(grads))

/**
 * Scales gradients by `min(1, maxNorm / (norm + 1e-6))`. `norm` is the one before clipping; if a gradient is not finite, neither is the norm, so
 * check it before keeping the new parameters. `maxNorm` 0 leaves gradients unchanged. Pascanu et al. 2013, arXiv 1211.5063, algorithm 1. Pass
 * `norm` if `grads` are only some of the gradients.
 */
export function clipByGlobalNorm(maxNorm: number) {
  return (grads: ParameterTree, norm = globalNorm(grads)): { readonly grads: ParameterTree; readonly norm: Scalar } => {
    if (maxNorm === 0) return { grads, norm }
    const scale = tf.minimum(tf.div(maxNorm, tf.add(norm, NORM_EPSILON)), 1)
    return { grads: mapTree(grads, (g) => tf.mul(g, scale)), norm }
  }
}
