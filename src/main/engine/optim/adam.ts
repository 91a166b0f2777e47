/** Adam's direction: gradients divided by their running size. Knows nothing about learning rates. */

import { oneMinusExp } from '../core/logistic'
import { leaf, mapTree, type ParameterTree } from '../core/tree'
import { type Scalar, type Tensor, tf } from '../tensor/tf'

export type AdamConfig = { readonly beta1: number; readonly beta2: number; readonly epsilon: number }

/** Running means of the gradients (`m`) and of their squares (`v`), shaped like the parameters. */
export type AdamState = { readonly m: ParameterTree; readonly v: ParameterTree }

/** `β x + (1 − β) y`; 1 − β is taken in double precision. */
function blend(beta: number, x: Tensor, y: Tensor): Tensor {
  return tf.add(tf.mul(x, beta), tf.mul(y, 1 - beta))
}

/** `1 − βᵗ`, precise also for β near 1: in float32 the plain difference would be wrong by 6e-5 at t = 1, β = 0.999. */
function biasCorrection(beta: number, step: Scalar): Tensor {
  return oneMinusExp(tf.mul(step, Math.log(Math.max(beta, 1e-30))))
}

/**
 * `m̂ / (√v̂ + ε)` with `m̂ = m / (1 − β₁ᵗ)`, `v̂ = v / (1 − β₂ᵗ)`; t counts from 1. Kingma and Ba 2015, arXiv 1412.6980, algorithm 1.
 */
export function scaleByAdam({ beta1, beta2, epsilon }: AdamConfig) {
  return {
    init(params: ParameterTree): AdamState {
      const zeros = () => mapTree(params, (p) => tf.zeros(p.shape))
      return { m: zeros(), v: zeros() }
    },
    /** `step` is t, the number of this update: 1 for the first one. */
    update(grads: ParameterTree, state: AdamState, step: Scalar) {
      const m = mapTree(state.m, (old, name) => blend(beta1, old, leaf(grads, name, 'grads')))
      const v = mapTree(state.v, (old, name) => blend(beta2, old, tf.square(leaf(grads, name, 'grads'))))
      const correction1 = biasCorrection(beta1, step)
      const correction2 = biasCorrection(beta2, step)
      const updates = mapTree(m, (mean, name) => {
        const size = tf.sqrt(tf.div(leaf(v, name, 'v'), correction2))
        return tf.div(tf.div(mean, correction1), tf.add(size, epsilon))
      })
      return { updates, state: { m, v } }
    },
  }
}
