/** OLMo 2 (arXiv 2501.00656): norms after attention and feed-forward part, none before; queries and keys are normed over all heads at once. */
import type { Family } from './features'
import { attentionBiases, LLAMA_DEFAULTS, llama } from './llama'

export const olmo2: Family = {
  ...llama,
  defaults: {
    ...LLAMA_DEFAULTS,
    rms_norm_eps: 1e-5,
    bos_token_id: null,
    eos_token_id: 50_279,
    pad_token_id: 1,
  },
  features: (file, json) => {
    const biases = attentionBiases(file, json)
    return { ...(biases.length > 0 ? { biases } : {}), norms: 'after', qkNorm: 'projection' }
  },
}
