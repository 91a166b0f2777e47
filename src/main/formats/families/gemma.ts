/**
 * Gemma 2 (arXiv 2408.00118) and the text model of Gemma 3 (arXiv 2503.19786): scaled embeddings, norms by 1 + w before and after each part,
 * GELU, layers with a window between those without. Gemma 2 caps scores and logits; Gemma 3 norms queries and keys, and rotates layers with a
 * window by a base of their own.
 */
import { GpoError } from '@shared/errors'
import { describe, flag, integer, type Json, number } from '../config-json'
import { alternatingLayers, FULL, SLIDING } from '../layer-types'
import { isObject, readRope } from '../rope-config'
import { type Defaults, type Family, type Features, type Rotations, withoutDefaults } from './features'
import { attentionBiases, LLAMA_DEFAULTS } from './llama'

const GELU = { key: 'hidden_activation', known: ['gelu_pytorch_tanh'] }

const DEFAULTS: Defaults = {
  ...LLAMA_DEFAULTS,
  num_key_value_heads: 4,
  head_dim: 256,
  tie_word_embeddings: true,
  sliding_window: 4096,
  bos_token_id: 2,
  eos_token_id: 1,
  pad_token_id: 0,
  query_pre_attn_scalar: 256,
  hidden_activation: 'gelu_pytorch_tanh',
}

const POSITIVE = { min: 1e-6, max: 1e6 }

function softcap(file: string, json: Json, key: string): number | undefined {
  return (json[key] ?? null) === null ? undefined : number(file, json, key, POSITIVE)
}

function refuseBidirectional(file: string, json: Json): void {
  const key = 'use_bidirectional_attention'
  if (!flag(file, json, key)) return
  throw new GpoError('model', `${file}: "${key}" is true: a model that looks at later tokens cannot continue a text`)
}

/** What both have in common. */
function shared(file: string, json: Json): Features {
  refuseBidirectional(file, json)
  const biases = attentionBiases(file, json)
  const width = integer(file, json, 'hidden_size', { min: 1, max: 1 << 17 })
  return withoutDefaults({
    biases: biases.length > 0 ? biases : undefined,
    activation: 'gelu',
    norms: 'around',
    hasNormOffset: true,
    attentionScale: number(file, json, 'query_pre_attn_scalar', POSITIVE) ** -0.5,
    logitSoftcap: softcap(file, json, 'final_logit_softcapping'),
    embeddingScale: Math.sqrt(width),
  })
}

export const gemma2: Family = {
  defaults: {
    ...DEFAULTS,
    max_position_embeddings: 8192,
    attn_logit_softcapping: 50,
    final_logit_softcapping: 30,
  },
  activation: GELU,
  features: (file, json) => {
    const attentionSoftcap = softcap(file, json, 'attn_logit_softcapping')
    return { ...shared(file, json), ...withoutDefaults({ attentionSoftcap }) }
  },
  layerTypes: (file, json) => alternatingLayers(file, json, 2),
  rotations: readRope,
}

/** transformers reads the key and computes without it, so no model means it. */
function refuseScoreCap(file: string, json: Json): void {
  const key = 'attn_logit_softcapping'
  if ((json[key] ?? null) === null) return
  throw new GpoError('model', `${file}: "${key}" is ${describe(json[key])}: Gemma 3 has none; set it to null`)
}

function refuseRotations(file: string, json: Json, key: string, wanted: string): never {
  throw new GpoError('model', `${file}: "${key}" is ${describe(json[key])}, expected ${wanted}`)
}

/** "rope_parameters" has an object for each kind of layer: [full, sliding]. */
function nestedRotations(file: string, json: Json): readonly [Json, Json] {
  const nested = json['rope_parameters'] ?? {}
  const all = isObject(nested) ? Object.values(nested).filter((one) => one !== null) : [nested]
  if (!isObject(nested) || !all.every(isObject))
    refuseRotations(file, json, 'rope_parameters', `an object with "${FULL}" and "${SLIDING}", objects too`)
  const of = (kind: string) => (nested[kind] ?? {}) as Json // an object, by what is above
  return [of(FULL), of(SLIDING)]
}

/** Older files have "rope_theta", "rope_scaling" and "rope_local_base_freq". */
function gemma3Rotations(file: string, json: Json): Rotations {
  const [full, sliding] = nestedRotations(file, json)
  const older = json['rope_scaling'] ?? {}
  // transformers looks at "rope_type" alone here, and would leave out a scaling that is spelled otherwise.
  if (!isObject(older) || ('type' in older && !('rope_type' in older)))
    refuseRotations(file, json, 'rope_scaling', 'an object with "rope_type"')
  const { max_position_embeddings } = json
  const read = (rope_theta: unknown, rope_parameters: Json, kind: string) =>
    readRope(file, { max_position_embeddings, rope_theta, rope_parameters }, [kind])
  return {
    ...read(json['rope_theta'], { ...full, ...older }, FULL),
    sliding: read(json['rope_local_base_freq'], sliding, SLIDING),
  }
}

export const gemma3: Family = {
  defaults: {
    ...DEFAULTS,
    max_position_embeddings: 131_072,
    rope_theta: 1_000_000,
    rope_local_base_freq: 10_000,
  },
  activation: GELU,
  features: (file, json) => {
    refuseScoreCap(file, json)
    return { ...shared(file, json), qkNorm: 'head' }
  },
  layerTypes: (file, json) =>
    alternatingLayers(file, json, integer(file, json, 'sliding_window_pattern', { min: 1, max: 1024, fallback: 6 })),
  rotations: gemma3Rotations,
}
