/** Low-rank adapters (Hu et al. 2021, arXiv 2106.09685): W x + (alpha / r) B A x. */

import { adaptedProjections, adapterNames, type LoraConfig } from '../../formats/adapter-shapes'
import type { ModelConfig } from '../../formats/model-config'
import { narrowMatMul } from '../core/narrow'
import { uniform } from '../core/rng'
import { type Tensor, type Tensor2D, tf } from '../tensor/tf'
import { DROPPED, dropoutName, droppedProduct } from './dropout'
import { isNarrow, matrix, type Params, param } from './params'

/** The scale travels with the adapter as a scalar, so that a tree of parameters is complete in itself. */
export const LORA_SCALE = 'lora.scale'

/**
 * x W^T, plus the bias and the adapter's share if the tree has them for this projection.
 * @param x [N, in]
 * @returns [N, out]
 */
export function linear(params: Params, projection: string, x: Tensor): Tensor {
  const weight = matrix(params, `${projection}.weight`, x.shape.at(-1)!)
  const product = isNarrow(weight) ? narrowMatMul(x, weight) : tf.matMul(x as Tensor2D, weight, false, true)
  const bias = params[`${projection}.bias`]
  const dense = bias ? tf.add(product, bias) : product
  const { a, b } = adapterNames(projection)
  if (!params[a]) return dense
  const words = params[dropoutName(projection)]
  const narrow = words
    ? droppedProduct(x as Tensor2D, param(params, a) as Tensor2D, words as Tensor2D, param(params, DROPPED))
    : tf.matMul(x, param(params, a), false, true)
  // Scaled where it is narrow: r numbers a token instead of out.
  const scaled = tf.mul(narrow, param(params, LORA_SCALE))
  return tf.add(dense, tf.matMul(scaled as Tensor2D, param(params, b) as Tensor2D, false, true))
}

/** A ~ U(±√3/√in·…) as Kaiming uniform with a = √5, B = 0: the adapter starts as nothing. */
export function initLora(config: ModelConfig, adaptation: LoraConfig, seed: number) {
  const arrays: Record<string, { shape: readonly number[]; data: Float32Array }> = {}
  adaptedProjections(config, adaptation).forEach(({ projection, shape: [out, width] }, index) => {
    const bound = 1 / Math.sqrt(width)
    const { a, b } = adapterNames(projection)
    const data = new Float32Array(adaptation.r * width)
    for (let i = 0; i < data.length; i++) data[i] = (2 * uniform(seed, index, i) - 1) * bound
    arrays[a] = { shape: [adaptation.r, width], data }
    arrays[b] = { shape: [out, adaptation.r], data: new Float32Array(out * adaptation.r) }
  })
  return arrays
}

/** The tree with each adapter folded into its weight: W + scale · B A. What rollouts and exports use. */
export function mergeLora(params: Params): Params {
  const merged: Record<string, Tensor> = {}
  for (const [name, tensor] of Object.entries(params)) {
    if (name.includes('.lora_') || name === LORA_SCALE) continue
    const { a, b } = adapterNames(name.replace(/\.weight$/, ''))
    merged[name] = params[a]
      ? tf.add(tensor, tf.mul(tf.matMul(param(params, b), param(params, a)), param(params, LORA_SCALE)))
      : tensor
  }
  return merged
}
