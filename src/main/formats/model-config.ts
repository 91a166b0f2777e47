/** A model's shape, read from a Hugging Face `config.json`. The file is untrusted: every number is checked. */
import { GpoError } from '@shared/errors'
import { withDefaults } from './config-defaults'
import { describe, flag, integer, type Json, number, tokenIds } from './config-json'
import { FAMILIES } from './families/families'
import type { Family, Features, Rotations } from './families/features'
import { LAYERS, type Window, windowOf } from './layer-types'
import { openModelFiles } from './model-files'
import type { RopeConfig, RopeScaling } from './rope-config'

/** Layers with a window, and how they rotate where it is another way than the other layers'. */
export interface WindowConfig extends Window {
  readonly rope?: RopeConfig
}

export interface ModelConfig extends Features {
  readonly architecture: string
  readonly vocabSize: number
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly maxPositions: number
  readonly ropeTheta: number
  /** Absent: frequencies as they are. */
  readonly ropeScaling?: RopeScaling
  /** Numbers of a head that are rotated, the first ones. Absent: all. */
  readonly rotaryDim?: number
  /** Absent: every layer sees all tokens before. */
  readonly window?: WindowConfig
  readonly rmsNormEps: number
  readonly tieWordEmbeddings: boolean
  readonly bosTokenId: number | null
  readonly eosTokenIds: readonly number[]
  readonly padTokenId: number | null
}

function knownArchitecture(file: string, json: Json): string {
  const names = Array.isArray(json['architectures']) ? json['architectures'].map(String) : []
  const architecture = names.find((name) => Object.hasOwn(FAMILIES, name))
  if (architecture) return architecture
  throw new GpoError(
    'model',
    `${file}: the architecture ${names.join(', ').slice(0, 200) || '(none given)'} is not known; known: ${Object.keys(FAMILIES).join(', ')}`,
  )
}

/** What would change the computation and is not implemented is refused, not ignored. */
function refuseUnsupported(file: string, json: Json, { activation: { key, known } }: Family): void {
  if (json['quantization_config']) {
    const found = describe(json['quantization_config'])
    throw new GpoError(
      'model',
      `${file}: "quantization_config" is ${found}; only weights that are not quantised can be read`,
    )
  }
  const activation = json[key] ?? known[0]
  if (typeof activation !== 'string' || !known.includes(activation))
    throw new GpoError('model', `${file}: "${key}" is ${describe(activation)}, only "${known[0]}" is supported`)
}

function readHeads(file: string, json: Json, hiddenSize: number) {
  const heads = integer(file, json, 'num_attention_heads', { min: 1, max: 4096 })
  const kvHeads = integer(file, json, 'num_key_value_heads', { min: 1, max: 4096, fallback: heads })
  const given = json['head_dim'] ?? null
  if (given === null && hiddenSize % heads !== 0) {
    throw new GpoError(
      'model',
      `${file}: "hidden_size" ${hiddenSize} is not a multiple of "num_attention_heads" ${heads}`,
    )
  }
  const headDim = given === null ? hiddenSize / heads : integer(file, json, 'head_dim', { min: 1, max: 4096 })
  if (heads % kvHeads !== 0) {
    throw new GpoError(
      'model',
      `${file}: "num_attention_heads" ${heads} is not a multiple of "num_key_value_heads" ${kvHeads}`,
    )
  }
  if (headDim % 2 !== 0)
    throw new GpoError('model', `${file}: heads of ${headDim} numbers cannot be rotated, the size must be even`)
  return { heads, kvHeads, headDim }
}

function positionsOf(file: string, json: Json, { scaling }: RopeConfig): number {
  const positions = integer(file, json, 'max_position_embeddings', { min: 1, max: 1 << 24 })
  return scaling?.kind === 'longrope' ? Math.min(positions, scaling.originalMaxPositions) : positions
}

function rotationFields({ theta, scaling, rotaryDim }: Rotations) {
  return { ropeTheta: theta, ...(scaling ? { ropeScaling: scaling } : {}), ...(rotaryDim ? { rotaryDim } : {}) }
}

function windowFields(window: Window | null, { sliding }: Rotations) {
  return window ? { window: { ...window, ...(sliding ? { rope: sliding } : {}) } } : {}
}

/** @param folder or a GGUF file @throws GpoError('model') naming file, key and value */
export function readModelConfig(folder: string): ModelConfig {
  const files = openModelFiles(folder)
  const file = files.configFile
  const given = files.config()
  const architecture = knownArchitecture(file, given)
  const family = FAMILIES[architecture]!
  const json = withDefaults(family.defaults, given)
  refuseUnsupported(file, json, family)
  const size = (key: string, max: number) => integer(file, json, key, { min: 1, max })
  const hiddenSize = size('hidden_size', 1 << 17)
  const vocabSize = size('vocab_size', 1 << 24)
  const types = family.layerTypes(file, json)
  const rotations = family.rotations(file, json, types)
  return {
    architecture,
    vocabSize,
    hiddenSize,
    intermediateSize: size('intermediate_size', 1 << 20),
    layers: integer(file, json, 'num_hidden_layers', LAYERS),
    ...readHeads(file, json, hiddenSize),
    maxPositions: positionsOf(file, json, rotations),
    ...rotationFields(rotations),
    ...windowFields(windowOf(file, json, types), rotations),
    ...family.features(file, json),
    rmsNormEps: number(file, json, 'rms_norm_eps', { min: 0, max: 1 }),
    tieWordEmbeddings: flag(file, json, 'tie_word_embeddings'),
    bosTokenId: tokenIds(file, json, 'bos_token_id', vocabSize)[0] ?? null,
    eosTokenIds: tokenIds(file, json, 'eos_token_id', vocabSize),
    padTokenId: tokenIds(file, json, 'pad_token_id', vocabSize)[0] ?? null,
  }
}
