/** The architectures that are known, by the name that a config.json gives them. */
import type { Family } from './features'
import { gemma2, gemma3 } from './gemma'
import { granite } from './granite'
import { llama, mistral } from './llama'
import { olmo2 } from './olmo2'
import { phi3 } from './phi3'
import { qwen2, qwen3 } from './qwen'
import { smollm3 } from './smollm3'

export const FAMILIES: Readonly<Record<string, Family>> = {
  LlamaForCausalLM: llama,
  MistralForCausalLM: mistral,
  Qwen2ForCausalLM: qwen2,
  Qwen3ForCausalLM: qwen3,
  SmolLM3ForCausalLM: smollm3,
  Gemma2ForCausalLM: gemma2,
  Gemma3ForCausalLM: gemma3,
  GraniteForCausalLM: granite,
  Olmo2ForCausalLM: olmo2,
  Phi3ForCausalLM: phi3,
}
