/** Granite 3: Llama with four multipliers, of embeddings, scores, what is added to the residual stream, and logits. */
import { type Json, number } from '../config-json'
import { type Family, withoutDefaults } from './features'
import { biasesOf, LLAMA_DEFAULTS, llama } from './llama'

const MULTIPLIER = { min: 1e-6, max: 1e6 }

export const granite: Family = {
  ...llama,
  defaults: {
    ...LLAMA_DEFAULTS,
    embedding_multiplier: 1,
    attention_multiplier: 1,
    residual_multiplier: 1,
    logits_scaling: 1,
  },
  features: (file: string, json: Json) => {
    const multiplier = (key: string) => number(file, json, key, MULTIPLIER)
    return {
      ...biasesOf(file, json),
      ...withoutDefaults({
        embeddingScale: multiplier('embedding_multiplier'),
        attentionScale: multiplier('attention_multiplier'),
        residualScale: multiplier('residual_multiplier'),
        logitDivisor: multiplier('logits_scaling'),
      }),
    }
  },
}
