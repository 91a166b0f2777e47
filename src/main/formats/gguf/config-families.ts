/** Keys of a `config.json` that only some architectures have. */
import type { Json } from '../config-json'
import type { Keys } from './keys'

const FULL = 'full_attention'
const SLIDING = 'sliding_attention'

/** Every `period`-th layer sees all tokens before. */
const layerTypes = (keys: Keys, period: number) =>
  Array.from({ length: keys.integer('block_count') }, (_, i) => ((i + 1) % period === 0 ? FULL : SLIDING))

const hasTensor = ({ model }: Keys, name: string) => model.tensors.has(name)

/** Optional in GGUF as in config.json. */
const optional = (keys: Keys, key: string, name: string): Json => (keys.has(key) ? { [name]: keys.float(key) } : {})

const biases = (keys: Keys): Json => ({
  attention_bias: hasTensor(keys, 'blk.0.attn_q.bias'),
  mlp_bias: hasTensor(keys, 'blk.0.ffn_gate.bias'),
})

/** Queries are divided by the root of a head's size; of the width per head in the largest model of each family, which GGUF does not say but by its layers. */
const queryScale = (keys: Keys, layersOfLargest: number) => {
  const width = keys.integer('embedding_length') / keys.integer('attention.head_count')
  const head = keys.integer('attention.key_length', Math.floor(width))
  return keys.integer('block_count') === layersOfLargest ? width : head
}

const gemma = (keys: Keys, period: number, layersOfLargest: number): Json => ({
  hidden_activation: 'gelu_pytorch_tanh',
  attention_bias: false,
  query_pre_attn_scalar: queryScale(keys, layersOfLargest),
  sliding_window: keys.integer('attention.sliding_window'),
  layer_types: layerTypes(keys, period),
})

const FAMILIES: Readonly<Record<string, (keys: Keys) => Json>> = {
  llama: (keys) => ({ hidden_act: 'silu', ...biases(keys) }),
  qwen2: () => ({ hidden_act: 'silu', use_sliding_window: false }),
  qwen3: (keys) => ({
    hidden_act: 'silu',
    use_sliding_window: false,
    attention_bias: hasTensor(keys, 'blk.0.attn_q.bias'),
  }),
  smollm3: (keys) => ({ hidden_act: 'silu', use_sliding_window: false, ...biases(keys) }),
  gemma2: (keys) => ({
    ...gemma(keys, 2, 46),
    attn_logit_softcapping: keys.float('attn_logit_softcapping', 50),
    final_logit_softcapping: keys.float('final_logit_softcapping', 30),
  }),
  gemma3: (keys) => ({
    ...gemma(keys, 6, 62),
    rope_local_base_freq: keys.float('rope.freq_base_swa', 10_000),
    ...optional(keys, 'final_logit_softcapping', 'final_logit_softcapping'),
  }),
  phi3: (keys) => ({
    hidden_act: 'silu',
    sliding_window: keys.has('attention.sliding_window') ? keys.integer('attention.sliding_window') : null,
  }),
  granite: (keys) => ({
    hidden_act: 'silu',
    ...biases(keys),
    ...optional(keys, 'attention.scale', 'attention_multiplier'),
    ...optional(keys, 'embedding_scale', 'embedding_multiplier'),
    ...optional(keys, 'residual_scale', 'residual_multiplier'),
    ...optional(keys, 'logit_scale', 'logits_scaling'),
  }),
  olmo2: () => ({ hidden_act: 'silu', attention_bias: false }),
}

export const familyKeys = (keys: Keys): Json => FAMILIES[keys.architecture.name]!(keys) // every known architecture has them
