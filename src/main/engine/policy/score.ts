/** Log-probabilities and values of given sequences, without gradients. */

import type { ModelConfig } from '../../formats/model-config'
import { linearLogProb } from '../core/linear-logprob'
import { narrowLogProb } from '../core/narrow-logprob'
import { forward, headWeight, valueHead } from '../model/llama'
import { isNarrow, type Params, underPrefix, withPrefix } from '../model/params'
import type { Backend, DeviceTensors, Program } from '../tensor/backend'
import { type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { batchTensors, packUnits, type TokenSequence, takeTokens } from './batch'

/** [B, T] log-probability of each next token: entry t is log π(targets[t] | ids[≤ t]) at the sampling temperature. */
export function tokenLogps(
  config: ModelConfig,
  params: Params,
  hidden: Tensor2D,
  targets: Tensor1D,
  shape: readonly number[],
  temperature: number,
): Tensor {
  const weight = headWeight(config, params)
  const logps = isNarrow(weight)
    ? narrowLogProb(hidden, weight, targets, temperature)
    : linearLogProb(hidden, weight, targets, temperature)
  return tf.reshape(logps, [...shape])
}

export interface Scorer {
  /** Per sequence, the log-probability of each counted token. */
  logps(params: DeviceTensors, sequences: readonly TokenSequence[]): Promise<Float32Array[]>
  /** Per sequence, the value of the state before each counted token. */
  values(params: DeviceTensors, sequences: readonly TokenSequence[]): Promise<Float32Array[]>
}

export function createScorer(
  backend: Backend,
  config: ModelConfig,
  options: { maxTokens: number; temperature: number },
): Scorer {
  const logpsProgram = backend.program('token-logps', (inputs) => {
    const params = underPrefix('param.', inputs)
    const ids = inputs['ids'] as Tensor2D
    const { hidden } = forward(config, params, ids)
    return { out: tokenLogps(config, params, hidden, inputs['targets'] as Tensor1D, ids.shape, options.temperature) }
  })
  const valuesProgram = backend.program('token-values', (inputs) => {
    const params = underPrefix('param.', inputs)
    return { out: valueHead(params, forward(config, params, inputs['ids'] as Tensor2D).hidden) }
  })

  async function run(
    program: Program,
    params: DeviceTensors,
    sequences: readonly TokenSequence[],
  ): Promise<Float32Array[]> {
    const results: Float32Array[] = new Array(sequences.length)
    const units = sequences.map((sequence) => [sequence])
    for (const batch of packUnits(units, options.maxTokens)) {
      const tensors = batchTensors(backend, batch, {})
      const out = await program.run({
        ...withPrefix('param.', params),
        ids: tensors['ids']!,
        targets: tensors['targets']!,
      })
      const values = (await backend.read(out['out']!)) as Float32Array
      batch.units.forEach((unit, row) => {
        results[unit] = takeTokens(batch, row, sequences[unit]!, values)
      })
      for (const tensor of Object.values(tensors)) backend.dispose(tensor)
    }
    return results
  }

  return {
    logps: (params, sequences) => run(logpsProgram, params, sequences),
    values: (params, sequences) => run(valuesProgram, params, sequences),
  }
}
