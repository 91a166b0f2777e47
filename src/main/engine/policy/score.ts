/** Log-probabilities and values of given sequences, without gradients. */

import type { ModelConfig } from '../../formats/model-config'
import { linearLogProb } from '../core/linear-logprob'
import { narrowLogProb } from '../core/narrow-logprob'
import { forward, headWeight, logitRules, valueHead } from '../model/llama'
import { isNarrow, type Params } from '../model/params'
import type { Backend, DeviceTensors, Program } from '../tensor/backend'
import { type Tensor, type Tensor2D, tf } from '../tensor/tf'
import { batchTensors, packUnits, type TokenBatch, type TokenSequence, takeTokens } from './batch'

/** How a model is run over a batch. */
export interface ForwardSettings {
  readonly config: ModelConfig
  readonly temperature: number
  /** Keep only what enters each layer, see `forward`. */
  readonly recomputesLayers?: boolean
}

export interface ForwardLogps {
  /** [B, T] entry t is log π(targets[t] | ids[≤ t]) at the temperature. */
  readonly logps: Tensor2D
  /** [B·T, hidden] */
  readonly hidden: Tensor2D
}

/** The model over a batch, and the log-probability of each next token. Pure. */
export function forwardLogps(settings: ForwardSettings, params: Params, { ids, targets }: TokenBatch): ForwardLogps {
  const { config, temperature, recomputesLayers } = settings
  const { hidden } = forward(config, params, ids, { recomputesLayers })
  const weight = headWeight(config, params)
  const rules = logitRules(config, temperature)
  const logps = isNarrow(weight)
    ? narrowLogProb(hidden, weight, targets, rules)
    : linearLogProb(hidden, weight, targets, rules)
  return { logps: tf.reshape(logps, ids.shape), hidden }
}

export interface Scorer {
  /** Per sequence, the log-probability of each counted token. */
  logps(params: DeviceTensors, sequences: readonly TokenSequence[]): Promise<Float32Array[]>
  /** Per sequence, the value of the state before each counted token. */
  values(params: DeviceTensors, sequences: readonly TokenSequence[]): Promise<Float32Array[]>
}

interface ScoreInput {
  readonly params: Params
  readonly batch: TokenBatch
}

export function createScorer(
  backend: Backend,
  config: ModelConfig,
  { maxTokens, temperature }: { maxTokens: number; temperature: number },
): Scorer {
  const logpsProgram = backend.program('token-logps', ({ params, batch }: ScoreInput) => ({
    out: forwardLogps({ config, temperature }, params, batch).logps as Tensor,
  }))
  const valuesProgram = backend.program('token-values', ({ params, batch }: ScoreInput) => ({
    out: valueHead(params, forward(config, params, batch.ids).hidden),
  }))

  async function run(
    program: Program<ScoreInput, { out: Tensor }>,
    params: DeviceTensors,
    sequences: readonly TokenSequence[],
  ): Promise<Float32Array[]> {
    const results: Float32Array[] = new Array(sequences.length)
    const units = sequences.map((sequence) => [sequence])
    for (const batch of packUnits(units, maxTokens)) {
      const tensors = batchTensors(backend, batch, {})
      const { out } = await program.run({ params, batch: tensors })
      const values = (await backend.read(out)) as Float32Array // float32, as the function makes it
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
