/** A checkpoint's tensors under llama.cpp's names, in the order of rows it expects. */

import type { ModelConfig } from '@main/formats/model-config'
import { frequencies } from '@main/formats/rope-frequencies'
import type { TensorToWrite } from '@main/formats/safetensors-writer'
import { GpoError } from '@shared/errors'

/** llama.cpp's name of an architecture, and whether it rotates neighbouring numbers (q and k are then reordered) or halves. */
const ARCHITECTURES: Readonly<Record<string, { readonly name: string; readonly isInterleaved: boolean }>> = {
  LlamaForCausalLM: { name: 'llama', isInterleaved: true },
  MistralForCausalLM: { name: 'llama', isInterleaved: true },
  Qwen2ForCausalLM: { name: 'qwen2', isInterleaved: false },
  Qwen3ForCausalLM: { name: 'qwen3', isInterleaved: false },
  SmolLM3ForCausalLM: { name: 'smollm3', isInterleaved: true },
}

export const architectureOf = ({ architecture }: ModelConfig) => {
  const known = ARCHITECTURES[architecture]
  if (known) return known
  throw new GpoError('usage', `llama.cpp has no known name for the architecture ${architecture}: export safetensors`)
}

const LAYER_PARTS: Readonly<Record<string, string>> = {
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
  input_layernorm: 'attn_norm',
  post_attention_layernorm: 'ffn_norm',
}

const OTHERS: Readonly<Record<string, string>> = {
  'model.embed_tokens.weight': 'token_embd.weight',
  'model.norm.weight': 'output_norm.weight',
  'lm_head.weight': 'output.weight',
}

function ggufName(name: string): string {
  const [, layer, part, kind] = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? []
  const known = part === undefined ? OTHERS[name] : LAYER_PARTS[part] && `blk.${layer}.${LAYER_PARTS[part]}.${kind}`
  if (known) return known
  throw new Error(`no GGUF name for ${name}`)
}

/** Rows i and i + D/2 of each head become neighbours: [heads, 2, D/2, in] → [heads, D/2, 2, in]. Biases are rows of width 1. */
function interleave({ shape, data }: TensorToWrite, heads: number): Float32Array {
  const [rows] = shape as [number]
  const width = data.length / rows
  const size = rows / heads
  const half = size / 2
  const out = new Float32Array(data.length)
  for (let row = 0; row < rows; row++) {
    const head = Math.floor(row / size)
    const [pair, side] = [row % half, Math.floor((row % size) / half)]
    const target = head * size + 2 * pair + side
    out.set(data.subarray(row * width, (row + 1) * width), target * width)
  }
  return out
}

/** Which tensors of a checkpoint have rotated heads, and how many. */
function rotatedHeads(name: string, { heads, kvHeads }: ModelConfig): number | null {
  if (/\.q_proj\.(weight|bias)$/.test(name)) return heads
  return /\.k_proj\.(weight|bias)$/.test(name) ? kvHeads : null
}

/** One tensor as llama.cpp reads it. */
function convert(config: ModelConfig, tensor: TensorToWrite): TensorToWrite {
  const heads = architectureOf(config).isInterleaved ? rotatedHeads(tensor.name, config) : null
  const data = heads === null ? tensor.data : interleave(tensor, heads)
  return { name: ggufName(tensor.name), shape: tensor.shape, data }
}

/** The divisors of a checkpoint's rotary frequencies, one per pair (llama3 scaling only). */
function ropeFactors(config: ModelConfig): TensorToWrite[] {
  if (config.ropeScaling?.kind !== 'llama3') return []
  const { ropeScaling: _, ...plain } = config
  const scaled = frequencies(config)
  const data = Float32Array.from(frequencies(plain), (frequency, i) => frequency / scaled[i]!)
  return [{ name: 'rope_freqs.weight', shape: [data.length], data }]
}

/** @throws {GpoError} 'usage' for an architecture that llama.cpp has no name for */
export function ggufTensors(config: ModelConfig, tensors: readonly TensorToWrite[]): TensorToWrite[] {
  return [...ropeFactors(config), ...tensors.map((tensor) => convert(config, tensor))]
}
