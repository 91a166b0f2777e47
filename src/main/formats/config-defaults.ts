/**
 * The meaning of keys missing from a `config.json`: the defaults of each architecture's configuration class in transformers 5. Older versions
 * left out their own defaults, which were the same for these keys.
 */
import type { Json } from './config-json'

/** `num_key_value_heads`: null where it is the number of heads; `sliding_window`: null where there is none. */
interface Defaults {
  readonly num_key_value_heads: number | null
  readonly head_dim: number | null
  readonly max_position_embeddings: number
  readonly rope_theta: number
  readonly rms_norm_eps: number
  readonly tie_word_embeddings: boolean
  readonly sliding_window: number | null
  readonly bos_token_id: number | null
  readonly eos_token_id: number | null
  readonly pad_token_id: number | null
}

const LLAMA: Defaults = {
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
const QWEN2: Defaults = {
  ...LLAMA,
  num_key_value_heads: 32,
  max_position_embeddings: 32_768,
  sliding_window: 4096,
  bos_token_id: null,
  eos_token_id: null,
}

const DEFAULTS: Readonly<Record<string, Defaults>> = {
  LlamaForCausalLM: LLAMA,
  MistralForCausalLM: { ...LLAMA, num_key_value_heads: 8, max_position_embeddings: 131_072, sliding_window: 4096 },
  Qwen2ForCausalLM: QWEN2,
  Qwen3ForCausalLM: { ...QWEN2, head_dim: 128 },
  SmolLM3ForCausalLM: {
    ...LLAMA,
    num_key_value_heads: 4,
    max_position_embeddings: 32_768,
    rope_theta: 2_000_000,
    tie_word_embeddings: true,
    bos_token_id: 128_000,
    eos_token_id: 128_001,
    pad_token_id: 128_004,
  },
}

/** Keys for which null is a valid value: as many as heads, derived from the width, off, or none. */
const NULL_MEANS = new Set(['num_key_value_heads', 'head_dim', 'sliding_window'])

const isTokenId = (key: string) => key.endsWith('_token_id')

/** A default token id beyond the vocabulary is ignored, because it belongs to the architecture's first model. */
const isOutside = (json: Json, key: string, value: unknown) =>
  isTokenId(key) && typeof value === 'number' && value >= Number(json['vocab_size'] ?? 0)

/** The file's keys, with the defaults of those it leaves out. */
export function withDefaults(architecture: string, json: Json): Json {
  const filled: Record<string, unknown> = { ...json }
  for (const [key, value] of Object.entries(DEFAULTS[architecture] ?? {})) {
    const isGiven = NULL_MEANS.has(key) || isTokenId(key) ? key in json : (json[key] ?? null) !== null
    if (!isGiven && value !== null && !isOutside(json, key, value)) filled[key] = value
  }
  return filled
}
