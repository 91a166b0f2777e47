/** Small random models of every supported architecture. */
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
  mistral: { ...base, architectures: ['MistralForCausalLM'], sliding_window: 32 },
  qwen2: { ...base, architectures: ['Qwen2ForCausalLM'], use_sliding_window: false, sliding_window: 8 },
  qwen3: { ...base, architectures: ['Qwen3ForCausalLM'], head_dim: 6 },
  smollm3: {
    ...base,
    architectures: ['SmolLM3ForCausalLM'],
    num_hidden_layers: 4,
    no_rope_layers: [1, 1, 1, 0],
    no_rope_layer_interval: 4,
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
      return [name, randomTensor(shape, stream, isNorm ? 0.1 : 0.3, isNorm ? 1 : 0)]
    }),
  )
}
