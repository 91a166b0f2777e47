/** A model's shape, read from a Hugging Face `config.json`. The file is untrusted: every number is checked. */
import { GpoError } from '@shared/errors'
import { withDefaults } from './config-defaults'
import { describe, flag, integer, type Json, number, tokenIds } from './config-json'
import { layerTypes, maxPositions } from './layer-types'
import { openModelFiles } from './model-files'
import { type RopeScaling, readRope } from './rope-config'

export interface ModelConfig {
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
  /** Layers that rotate nothing (SmolLM3), ascending. Absent: all rotate. */
  readonly layersWithoutRope?: readonly number[]
  /** Projections that add a bias. Absent: none. */
  readonly biases?: readonly Projection[]
  /** RMSNorm over each head's query and key before the rotation (Qwen3). */
  readonly hasQkNorm?: boolean
  readonly rmsNormEps: number
  readonly tieWordEmbeddings: boolean
  readonly bosTokenId: number | null
  readonly eosTokenIds: readonly number[]
  readonly padTokenId: number | null
}

/** The seven matrices of a layer. */
export const ATTENTION_PROJECTIONS = ['q_proj', 'k_proj', 'v_proj', 'o_proj'] as const
export const MLP_PROJECTIONS = ['gate_proj', 'up_proj', 'down_proj'] as const
export type Projection = (typeof ATTENTION_PROJECTIONS)[number] | (typeof MLP_PROJECTIONS)[number]

/** The name a projection has in a checkpoint, without `.weight`. */
export function projectionName(layer: number, projection: Projection): string {
  const room = (ATTENTION_PROJECTIONS as readonly string[]).includes(projection) ? 'self_attn' : 'mlp'
  return `model.layers.${layer}.${room}.${projection}`
}

/** What an architecture does differently from Llama. */
type Features = Pick<ModelConfig, 'biases' | 'hasQkNorm' | 'layersWithoutRope'>

const ARCHITECTURES: Readonly<Record<string, (file: string, json: Json) => Features>> = {
  LlamaForCausalLM: (file, json) => biasesOf(attentionBias(file, json), mlpBias(file, json)),
  MistralForCausalLM: () => ({}),
  Qwen2ForCausalLM: () => ({ biases: ['q_proj', 'k_proj', 'v_proj'] }),
  Qwen3ForCausalLM: (file, json) => ({ ...biasesOf(attentionBias(file, json)), hasQkNorm: true }),
  SmolLM3ForCausalLM: (file, json) => ({
    ...biasesOf(attentionBias(file, json), mlpBias(file, json)),
    ...unrotated(file, json),
  }),
}

function attentionBias(file: string, json: Json): readonly Projection[] {
  return flag(file, json, 'attention_bias') ? ATTENTION_PROJECTIONS : []
}

function mlpBias(file: string, json: Json): readonly Projection[] {
  return flag(file, json, 'mlp_bias') ? MLP_PROJECTIONS : []
}

function biasesOf(...projections: readonly (readonly Projection[])[]): Features {
  const biases = projections.flat()
  return biases.length > 0 ? { biases } : {}
}

/** "no_rope_layers": one number per layer, 0 = does not rotate; else every fourth ("no_rope_layer_interval"). */
function unrotated(file: string, json: Json): Features {
  const layers = integer(file, json, 'num_hidden_layers', { min: 1, max: 1024 })
  const interval = integer(file, json, 'no_rope_layer_interval', { min: 1, max: 1024, fallback: 4 })
  const given = json['no_rope_layers'] ?? Array.from({ length: layers }, (_, i) => Number((i + 1) % interval !== 0))
  if (!Array.isArray(given) || given.length < layers || given.some((one) => one !== 0 && one !== 1)) {
    const wanted = `a list of ${layers} zeros and ones, one for each layer`
    throw new GpoError('model', `${file}: "no_rope_layers" is ${describe(given)}, expected ${wanted}`)
  }
  const indices = given.slice(0, layers).flatMap((rotates, i) => (rotates === 0 ? [i] : []))
  return indices.length > 0 ? { layersWithoutRope: indices } : {}
}

function knownArchitecture(file: string, json: Json): string {
  const names = Array.isArray(json['architectures']) ? json['architectures'].map(String) : []
  const architecture = names.find((name) => Object.hasOwn(ARCHITECTURES, name))
  if (architecture) return architecture
  throw new GpoError(
    'model',
    `${file}: the architecture ${names.join(', ').slice(0, 200) || '(none given)'} is not known; known: ${Object.keys(ARCHITECTURES).join(', ')}`,
  )
}

/** What would change the computation and is not implemented is refused, not ignored. */
function refuseUnsupported(file: string, json: Json): void {
  if (json['quantization_config']) {
    const found = describe(json['quantization_config'])
    throw new GpoError(
      'model',
      `${file}: "quantization_config" is ${found}; only weights that are not quantised can be read`,
    )
  }
  const activation = json['hidden_act'] ?? 'silu'
  if (activation !== 'silu' && activation !== 'swish')
    throw new GpoError('model', `${file}: "hidden_act" is ${describe(activation)}, only "silu" is supported`)
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

/** @param folder or a GGUF file @throws GpoError('model') naming file, key and value */
export function readModelConfig(folder: string): ModelConfig {
  const files = openModelFiles(folder)
  const file = files.configFile
  const given = files.config()
  const architecture = knownArchitecture(file, given)
  const json = withDefaults(architecture, given)
  refuseUnsupported(file, json)
  const size = (key: string, max: number, fallback?: number) => integer(file, json, key, { min: 1, max, fallback })
  const hiddenSize = size('hidden_size', 1 << 17)
  const vocabSize = size('vocab_size', 1 << 24)
  const features = ARCHITECTURES[architecture]!(file, json)
  const types = layerTypes(architecture, file, json, features.layersWithoutRope ?? [])
  const rope = readRope(file, json, types)
  return {
    architecture,
    vocabSize,
    hiddenSize,
    intermediateSize: size('intermediate_size', 1 << 20),
    layers: size('num_hidden_layers', 1024),
    ...readHeads(file, json, hiddenSize),
    maxPositions: maxPositions(file, json, types),
    ropeTheta: rope.theta,
    ...(rope.scaling ? { ropeScaling: rope.scaling } : {}),
    ...features,
    rmsNormEps: number(file, json, 'rms_norm_eps', { min: 0, max: 1 }),
    tieWordEmbeddings: flag(file, json, 'tie_word_embeddings'),
    bosTokenId: tokenIds(file, json, 'bos_token_id', vocabSize)[0] ?? null,
    eosTokenIds: tokenIds(file, json, 'eos_token_id', vocabSize),
    padTokenId: tokenIds(file, json, 'pad_token_id', vocabSize)[0] ?? null,
  }
}
