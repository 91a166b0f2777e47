/** The three programs of sampling: a whole prompt, one token per lane, the distribution after a known state. */

import type { ModelConfig } from '../../formats/model-config'
import { decode, forward, head } from '../model/llama'
import { underPrefix } from '../model/params'
import type { Backend, Program } from '../tensor/backend'
import type { Tensors } from '../tensor/tensors'
import { type Tensor, type Tensor2D, tf } from '../tensor/tf'

export interface SamplingPrograms {
  /** ids [B, T] → hidden [B·T, hidden], keys.i and values.i [B, kvHeads, T, D] */
  readonly prefill: Program
  /** One token of every lane against its cache → probs [B, V], hidden [B, hidden], the new keys.i and values.i [B, kvHeads, D] */
  readonly step: Program
  /** hidden [N, hidden] → probs [N, V] */
  readonly first: Program
}

function tokenProbs(config: ModelConfig, params: Tensors, hidden: Tensor, temperature: Tensor): Tensor {
  return tf.softmax(tf.div(head(config, params, hidden as Tensor2D), temperature))
}

const listed = (tree: Tensors, kind: string, layers: number) =>
  Array.from({ length: layers }, (_, i) => tree[`${kind}.${i}`]!)

function kvOutputs(keys: readonly Tensor[], values: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries([
    ...keys.map((tensor, i) => [`keys.${i}`, tensor]),
    ...values.map((tensor, i) => [`values.${i}`, tensor]),
  ])
}

/** Parameters are inputs under `param.`. */
export function samplingPrograms(backend: Backend, config: ModelConfig): SamplingPrograms {
  const prefill = backend.program('prefill', (inputs) => {
    const trunk = forward(config, underPrefix('param.', inputs), inputs['ids'] as Tensor2D)
    return { hidden: trunk.hidden, ...kvOutputs(trunk.keys, trunk.values) }
  })
  const step = backend.program('decode', (inputs) => {
    const params = underPrefix('param.', inputs)
    const trunk = decode(config, params, {
      ids: inputs['ids']!,
      positions: inputs['positions']!,
      keys: listed(inputs, 'keys', config.layers),
      values: listed(inputs, 'values', config.layers),
    })
    const probs = tokenProbs(config, params, trunk.hidden, inputs['temperature']!)
    return { probs, hidden: trunk.hidden, ...kvOutputs(trunk.keys, trunk.values) }
  })
  const first = backend.program('first-token', (inputs) => ({
    probs: tokenProbs(config, underPrefix('param.', inputs), inputs['hidden']!, inputs['temperature']!),
  }))
  return { prefill, step, first }
}
