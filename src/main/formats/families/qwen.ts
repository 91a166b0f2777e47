/** Qwen2 and Qwen2.5 (arXiv 2407.10671): biases of queries, keys and values. Qwen3 (arXiv 2505.09388): norms of queries and keys instead. */
import { qwenLayers } from '../layer-types'
import type { Family } from './features'
import { attentionBiases, LLAMA_DEFAULTS, llama } from './llama'

export const qwen2: Family = {
  ...llama,
  defaults: {
    ...LLAMA_DEFAULTS,
    num_key_value_heads: 32,
    max_position_embeddings: 32_768,
    sliding_window: 4096,
    bos_token_id: null,
    eos_token_id: null,
  },
  features: () => ({ biases: ['q_proj', 'k_proj', 'v_proj'] }),
  layerTypes: qwenLayers,
}

export const qwen3: Family = {
  ...qwen2,
  defaults: { ...qwen2.defaults, head_dim: 128 },
  features: (file, json) => {
    const biases = attentionBiases(file, json)
    return { ...(biases.length > 0 ? { biases } : {}), qkNorm: 'head' }
  },
}
