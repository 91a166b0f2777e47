/** Tensors under the names that Hugging Face's checkpoints have. */
import type { Architecture } from './architectures'

const LAYER_PARTS: Readonly<Record<string, string>> = {
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
  attn_norm: 'input_layernorm',
  ffn_norm: 'post_attention_layernorm',
}

const OTHERS: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
}

/** Rotary tables: what they say is part of the config. */
const TABLES = new Set(['rope_freqs.weight', 'rope_factors_long.weight', 'rope_factors_short.weight'])

/** @returns null for what is no weight; llama.cpp's own name for what is not known, so that it is named where it is refused */
export function checkpointName(name: string, { parts }: Architecture): string | null {
  if (TABLES.has(name)) return null
  const [, layer, part, kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(name) ?? []
  if (part === undefined) return OTHERS[name] ?? name
  const known = parts[part] ?? LAYER_PARTS[part]
  return known === undefined ? name : `model.layers.${layer}.${known}.${kind}`
}
