/** Small random models of every architecture that is known, as a checkpoint describes them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { normal } from '@engine/core/rng'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { expectedWeights } from '@main/formats/weights'

const base = {
  vocab_size: 19,
  hidden_size: 16,
  intermediate_size: 20,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: true,
  // PyTorch gives the row of a padding token no gradient.
  pad_token_id: null,
}
const { rope_theta: _, ...withoutTheta } = base
const gemma = {
  ...withoutTheta,
  head_dim: 6,
  query_pre_attn_scalar: 7,
  hidden_activation: 'gelu_pytorch_tanh',
  sliding_window: 4,
  attn_logit_softcapping: null,
  final_logit_softcapping: null,
}
const llama3 = {
  rope_type: 'llama3',
  factor: 4,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 16,
}

export const ARCHITECTURE_CONFIGS: Readonly<Record<string, object>> = {
  llama: { ...base, architectures: ['LlamaForCausalLM'] },
  'llama with biases, an own head and linear scaling': {
    ...base,
    architectures: ['LlamaForCausalLM'],
    attention_bias: true,
    mlp_bias: true,
    tie_word_embeddings: false,
    rope_scaling: { type: 'linear', factor: 2 },
  },
  'llama 3 scaling': { ...base, architectures: ['LlamaForCausalLM'], rope_theta: 500, rope_scaling: llama3 },
  'llama 3 scaling, new spelling': {
    ...base,
    architectures: ['LlamaForCausalLM'],
    rope_parameters: { ...llama3, rope_theta: 500 },
  },
  'dynamic scaling within the context': {
    ...base,
    architectures: ['LlamaForCausalLM'],
    rope_scaling: { type: 'dynamic', factor: 2 },
  },
  mistral: { ...base, architectures: ['MistralForCausalLM'], sliding_window: 5 },
  qwen2: { ...base, architectures: ['Qwen2ForCausalLM'], use_sliding_window: false, sliding_window: 8 },
  qwen3: { ...base, architectures: ['Qwen3ForCausalLM'], head_dim: 6 },
  'qwen3 with a window in its last layer': {
    ...base,
    architectures: ['Qwen3ForCausalLM'],
    head_dim: 6,
    use_sliding_window: true,
    sliding_window: 3,
    max_window_layers: 1,
  },
  smollm3: {
    ...base,
    architectures: ['SmolLM3ForCausalLM'],
    num_hidden_layers: 4,
    no_rope_layers: [1, 1, 1, 0],
    no_rope_layer_interval: 4,
  },
  'gemma 3': {
    ...gemma,
    architectures: ['Gemma3ForCausalLM'],
    num_hidden_layers: 3,
    sliding_window_pattern: 3,
    rope_theta: 1_000_000,
    rope_scaling: { rope_type: 'linear', factor: 8.5 },
    rope_local_base_freq: 10_000,
  },
  'gemma 3, new spelling, capped logits': {
    ...gemma,
    architectures: ['Gemma3ForCausalLM'],
    layer_types: ['full_attention', 'sliding_attention'],
    final_logit_softcapping: 3.5,
    rope_parameters: {
      full_attention: { rope_type: 'linear', factor: 8.5, rope_theta: 1_000_000 },
      sliding_attention: { rope_type: 'default', rope_theta: 100 },
    },
  },
  'gemma 2': {
    ...gemma,
    architectures: ['Gemma2ForCausalLM'],
    rope_theta: 10_000,
    attn_logit_softcapping: 1.5,
    final_logit_softcapping: 3.5,
  },
  granite: {
    ...base,
    architectures: ['GraniteForCausalLM'],
    embedding_multiplier: 3.5,
    attention_multiplier: 0.3,
    residual_multiplier: 0.4,
    logits_scaling: 2.5,
  },
  'olmo 2': { ...base, architectures: ['Olmo2ForCausalLM'], tie_word_embeddings: false },
  'phi 3 with a window': { ...base, architectures: ['Phi3ForCausalLM'], tie_word_embeddings: false, sliding_window: 4 },
  'phi 4 mini': {
    ...base,
    architectures: ['Phi3ForCausalLM'],
    hidden_size: 32,
    partial_rotary_factor: 0.75,
    original_max_position_embeddings: 16,
    rope_scaling: { type: 'longrope', short_factor: [1, 1.5, 2.5], long_factor: [1.25, 20, 40] },
  },
}

export interface HostTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

export function readConfig(json: object): ModelConfig {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-architecture-'))
  try {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(json))
    return readModelConfig(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const randomTensor = (shape: readonly number[], stream: number, scale: number, mean = 0): HostTensor => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => mean + scale * normal(5, stream, i)),
})

/** Always the same. */
export function randomWeightsOf(config: ModelConfig): Record<string, HostTensor> {
  return Object.fromEntries(
    [...expectedWeights(config)].map(([name, shape], stream) => {
      const isNorm = name.includes('norm')
      return [name, randomTensor(shape, stream, isNorm ? 0.1 : 0.3, isNorm && !config.hasNormOffset ? 1 : 0)]
    }),
  )
}
