/** The measured models, with the same random weights on every machine. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { normal } from '@engine/core/rng'
import type { HostTensor } from '@main/formats/host-tensor'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { expectedWeights } from '@main/formats/weights'
import { modelPath } from '@main/paths'

/** Numbers of a matrix that are drawn; a prime, so that rows differ. */
const DISTINCT = 1_000_003

export interface BenchModel {
  readonly name: string
  /** Of 100 million parameters and more: less work in each round. */
  readonly isLarge: boolean
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

const SMOLLM2_135M: ModelConfig = {
  ...BASE,
  vocabSize: 49_152,
  hiddenSize: 576,
  intermediateSize: 1536,
  layers: 30,
  heads: 9,
  kvHeads: 3,
  headDim: 64,
  maxPositions: 8192,
  ropeTheta: 100_000,
}

/** The bundled model, if its weights exist. */
export const hasBundledModel = (): boolean =>
  ['config.json', 'model.safetensors'].every((file) => existsSync(join(modelPath('bundled:tiny'), file)))

/** The bundled model's shape: its own config.json, or the one it is made with. */
export function tinyConfig(): ModelConfig {
  return existsSync(join(modelPath('bundled:tiny'), 'config.json')) ? readModelConfig(modelPath('bundled:tiny')) : BASE
}

/** Norms 1, the rest normal with deviation 0.04; numbers after the first million of a matrix repeat, because making 134 million takes minutes. */
export function randomWeights(config: ModelConfig): Map<string, HostTensor> {
  return new Map(
    [...expectedWeights(config)].map(([name, shape], stream) => {
      const size = shape.reduce((a, b) => a * b, 1)
      const value = (i: number) => (shape.length === 1 ? 1 : 0.04 * normal(1, stream, i))
      const data = new Float32Array(size)
      for (let i = 0; i < size; i++) data[i] = i < DISTINCT ? value(i) : data[i - DISTINCT]!
      return [name, { shape, data }]
    }),
  )
}

const describe = ({ layers, hiddenSize, heads, kvHeads, intermediateSize, vocabSize }: ModelConfig) =>
  `${layers} layers × ${hiddenSize}, ${heads} heads, ${kvHeads} kv heads, ffn ${intermediateSize}, vocabulary ${vocabSize}`

/** What `--model` may name; without it, the two small ones are measured. */
const CONFIGS = { tiny: tinyConfig, '6x192': () => SIX_LAYERS, 'smollm2-135m': () => SMOLLM2_135M } as const
export type ModelName = keyof typeof CONFIGS
export const MODEL_NAMES = Object.keys(CONFIGS) as ModelName[]
const SMALL: readonly ModelName[] = ['tiny', '6x192']

export function benchModel(name: ModelName): BenchModel {
  const config = CONFIGS[name]()
  return {
    name: `${name}: ${describe(config)}`,
    isLarge: !SMALL.includes(name),
    config,
    weights: randomWeights(config),
  }
}

/** @param wanted none: the small ones */
export const modelNames = (wanted: readonly ModelName[]): readonly ModelName[] => (wanted.length > 0 ? wanted : SMALL)
