/** Llama (Touvron et al. 2023, arXiv 2302.13971): what the others differ from. Mistral slides its window over every layer. */
import { flag, type Json } from '../config-json'
import { allLayers, FULL, SLIDING } from '../layer-types'
import { ATTENTION_PROJECTIONS, MLP_PROJECTIONS, type Projection } from '../projections'
import { readRope } from '../rope-config'
import type { Defaults, Family, Features } from './features'

export const LLAMA_DEFAULTS: Defaults = {
  num_key_value_heads: null,
  head_dim: null,
  max_position_embeddings: 2048,
  rope_theta: 10_000,
  rms_norm_eps: 1e-6,
  tie_word_embeddings: false,
  sliding_window: null,
  bos_token_id: 1,
  eos_token_id: 2,
  pad_token_id: null,
}

export const SILU = { key: 'hidden_act', known: ['silu', 'swish'] }

export const attentionBiases = (file: string, json: Json): readonly Projection[] =>
  flag(file, json, 'attention_bias') ? ATTENTION_PROJECTIONS : []

/** Of attention and feed-forward part, each where its key says so. */
export function biasesOf(file: string, json: Json): Features {
  const biases = [...attentionBiases(file, json), ...(flag(file, json, 'mlp_bias') ? MLP_PROJECTIONS : [])]
  return biases.length > 0 ? { biases } : {}
}

export const llama: Family = {
  defaults: LLAMA_DEFAULTS,
  activation: SILU,
  features: biasesOf,
  layerTypes: (file, json) => allLayers(file, json, FULL),
  rotations: readRope,
}

export const mistral: Family = {
  ...llama,
  defaults: {
    ...LLAMA_DEFAULTS,
    num_key_value_heads: 8,
    max_position_embeddings: 131_072,
    sliding_window: 4096,
  },
  features: () => ({}),
  layerTypes: (file, json) => allLayers(file, json, (json['sliding_window'] ?? null) === null ? FULL : SLIDING),
}
