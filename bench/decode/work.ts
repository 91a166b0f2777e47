/** The measured decoding: many sequences from one prompt through rollout/sampler, as training samples them. */
import { hash } from '@engine/core/rng'
import { uploadAll } from '@engine/policy/policy'
import { createSampler, type SamplerConfig } from '@engine/rollout/sampler'
import type { Backend, DeviceTensors } from '@engine/tensor/backend'
import { type BasePrecision, narrowed } from '@main/formats/narrow-weights'
import type { BenchModel } from '../models'

const PROMPT = 16

export interface DecodeSize {
  readonly lanes: number
  readonly steps: number
}

export const promptOf = ({ config }: BenchModel): Int32Array =>
  Int32Array.from({ length: PROMPT }, (_, i) => hash(3, 0, i) % config.vocabSize)

/** Parameters on a backend, which does not change them. */
export const uploaded = (backend: Backend, { weights }: BenchModel, precision: BasePrecision): DeviceTensors =>
  uploadAll(
    backend,
    [...weights].map(([name, tensor]) => [name, narrowed(tensor, precision)] as const),
  )

/** Prefills the prompt → a function that samples every lane to its end and gives one sequence. The prefill is not part of it. */
export async function decodingWork(
  backend: Backend,
  model: BenchModel,
  { lanes, steps }: DecodeSize,
  precision: BasePrecision = 'float32',
): Promise<(isGreedy: boolean, seed: number) => Promise<readonly number[]>> {
  const sampling: SamplerConfig = { temperature: 1, topK: 0, topP: 1, lanes, stopTokens: [] }
  const params = uploaded(backend, model, precision)
  const sampler = createSampler(backend, model.config)
  const prompt = promptOf(model)
  const [block] = await sampler.prefill(params, [prompt])
  const start = { block: block!, length: prompt.length } // one prompt, one block
  return async (isGreedy, seed) => {
    // The first token comes from the prompt's last hidden vector, so one token more makes `steps` steps.
    const requests = Array.from({ length: lanes }, (_, i) => ({
      start,
      seed: seed * lanes + i,
      maxNewTokens: steps + 1,
    }))
    const completions = await sampler.sample(params, requests, { ...sampling, temperature: isGreedy ? 0 : 1 })
    return [...completions[0]!.tokens]
  }
}
