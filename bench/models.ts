/** The two measured models, with the same random weights on every machine. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { normal } from '@engine/core/rng'
import type { HostTensor } from '@main/formats/host-tensor'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { expectedWeights } from '@main/formats/weights'
import { modelPath } from '@main/paths'

export interface BenchModel {
  readonly name: string
  readonly config: ModelConfig
  readonly weights: ReadonlyMap<string, HostTensor>
}

const BASE: ModelConfig = {
  architecture: 'LlamaForCausalLM',
  vocabSize: 324,
  hiddenSize: 128,
  intermediateSize: 352,
  layers: 4,
  heads: 4,
  kvHeads: 2,
  headDim: 32,
  maxPositions: 256,
  ropeTheta: 10_000,
  rmsNormEps: 1e-5,
  tieWordEmbeddings: true,
  bosTokenId: 1,
  eosTokenIds: [2],
  padTokenId: 0,
}

const SIX_LAYERS: ModelConfig = {
  ...BASE,
  vocabSize: 512,
  hiddenSize: 192,
  intermediateSize: 512,
  layers: 6,
  heads: 6,
  kvHeads: 6,
}

/** The bundled model, if its weights exist. */
export const hasBundledModel = (): boolean =>
  ['config.json', 'model.safetensors'].every((file) => existsSync(join(modelPath('bundled:tiny'), file)))

/** The bundled model's shape: its own config.json, or the one it is made with. */
export function tinyConfig(): ModelConfig {
  return existsSync(join(modelPath('bundled:tiny'), 'config.json')) ? readModelConfig(modelPath('bundled:tiny')) : BASE
}

/** Norms 1, the rest normal with deviation 0.04. */
export function randomWeights(config: ModelConfig): Map<string, HostTensor> {
  return new Map(
    [...expectedWeights(config)].map(([name, shape], stream) => {
      const size = shape.reduce((a, b) => a * b, 1)
      const value = (i: number) => (shape.length === 1 ? 1 : 0.04 * normal(1, stream, i))
      return [name, { shape, data: Float32Array.from({ length: size }, (_, i) => value(i)) }]
    }),
  )
}

const describe = ({ layers, hiddenSize, heads, kvHeads, intermediateSize, vocabSize }: ModelConfig) =>
  `${layers} layers × ${hiddenSize}, ${heads} heads, ${kvHeads} kv heads, ffn ${intermediateSize}, vocabulary ${vocabSize}`

export function benchModels(): BenchModel[] {
  return [tinyConfig(), SIX_LAYERS].map((config) => ({
    name: describe(config),
    config,
    weights: randomWeights(config),
  }))
}
