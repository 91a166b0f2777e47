/** AdamW with gradient clipping: clip, scale by Adam, add decayed weights, step. Pure: parameters and state go in, new ones come out. */

import { leaf, mapTree, type ParameterTree } from '../core/tree'
import { type Scalar, tf } from '../tensor/tf'
import { type AdamConfig, type AdamState, scaleByAdam } from './adam'
import { clipByGlobalNorm } from './clip'
import { addDecayedWeights } from './weight-decay'

export type AdamWConfig = AdamConfig & {
  readonly weightDecay: number
  /** 0 switches clipping off. */
  readonly maxGradNorm: number
}

export type AdamWInput = {
  readonly params: ParameterTree
  /** Same names and shapes as `params`. */
  readonly grads: ParameterTree
  readonly state: AdamState
  readonly learningRate: Scalar
  /** The number of this update: 1 for the first one. */
  readonly step: Scalar
  /** The global norm of all gradients, if these are only some of them. Absent: the norm of these. */
  readonly gradNorm?: Scalar
}

export type AdamWOutput = {
  readonly params: ParameterTree
  readonly state: AdamState
  /** Global norm of the gradients before clipping. If it is not finite, discard the other outputs. */
  readonly gradNorm: Scalar
}

/** Matrices decay (projections, adapters, embeddings), vectors (norms, biases) do not: the field's usual choice. */
export const isMatrix = (shape: readonly number[]): boolean => shape.length >= 2

/** Loshchilov and Hutter 2019, arXiv 1711.05101, algorithm 2: `θ ← θ − lr (m̂ / (√v̂ + ε) + decay · θ)`, as in PyTorch. */
export function adamw(config: AdamWConfig) {
  const clip = clipByGlobalNorm(config.maxGradNorm)
  const adam = scaleByAdam(config)
  const decay = addDecayedWeights(config.weightDecay, (_, parameter) => isMatrix(parameter.shape))
  return {
    init: adam.init,
    update({ params, grads, state, learningRate, step, gradNorm }: AdamWInput): AdamWOutput {
      return tf.tidy(() => {
        const clipped = clip(grads, gradNorm)
        const scaled = adam.update(clipped.grads, state, step)
        const updates = decay(scaled.updates, params)
        const next = mapTree(params, (p, name) => tf.sub(p, tf.mul(leaf(updates, name, 'updates'), learningRate)))
        return { params: next, state: scaled.state, gradNorm: clipped.norm }
      })
    },
  }
}
