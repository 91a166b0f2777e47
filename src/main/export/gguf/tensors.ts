/** A checkpoint's tensors under llama.cpp's names, in the order of rows it expects. */

import type { ModelConfig } from '@main/formats/model-config'
import { frequencies } from '@main/formats/rope-frequencies'
import type { TensorToWrite } from '@main/formats/safetensors-writer'
import { architectureOf } from './architectures'
import type { NamedShape } from './write'

const LAYER_PARTS: Readonly<Record<string, string>> = {
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.qkv_proj': 'attn_qkv',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.gate_up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
}

/** Norms of a layer, by where they are. */
const NORMS: Readonly<Record<'before' | 'after' | 'around', Readonly<Record<string, string>>>> = {
  before: { input_layernorm: 'attn_norm', post_attention_layernorm: 'ffn_norm' },
  after: { post_attention_layernorm: 'post_attention_norm', post_feedforward_layernorm: 'post_ffw_norm' },
  around: {
    input_layernorm: 'attn_norm',
    post_attention_layernorm: 'post_attention_norm',
    pre_feedforward_layernorm: 'ffn_norm',
    post_feedforward_layernorm: 'post_ffw_norm',
  },
}

const OTHERS: Readonly<Record<string, string>> = {
  'model.embed_tokens.weight': 'token_embd.weight',
  'model.norm.weight': 'output_norm.weight',
  'lm_head.weight': 'output.weight',
}

/** @param name of a weight in a checkpoint */
export function ggufName(config: ModelConfig, name: string): string {
  const [, layer, part, kind] = /^model\.layers\.(\d+)\.(.+)\.(weight|bias)$/.exec(name) ?? []
  const own = part === undefined ? undefined : (LAYER_PARTS[part] ?? NORMS[config.norms ?? 'before'][part])
  const known = part === undefined ? OTHERS[name] : own && `blk.${layer}.${own}.${kind}`
  if (known) return known
  throw new Error(`no GGUF name for ${name}`)
}

/** Rows i and i + D/2 of each head become neighbours: [heads, 2, D/2, in] → [heads, D/2, 2, in]. Biases are rows of width 1. */
export function interleave({ shape, data }: Pick<TensorToWrite, 'shape' | 'data'>, heads: number): Float32Array {
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

/** How many heads' rows of a checkpoint's tensor llama.cpp has in another order; null where it has them in the same. */
export function reorderedHeads(name: string, config: ModelConfig): number | null {
  if (!architectureOf(config).isInterleaved) return null
  if (/\.q_proj\.(weight|bias)$/.test(name)) return config.heads
  return /\.k_proj\.(weight|bias)$/.test(name) ? config.kvHeads : null
}

/** llama.cpp norms by w alone. */
const isOffsetNorm = ({ hasNormOffset }: ModelConfig, { name, shape }: TensorToWrite) =>
  hasNormOffset === true && shape.length === 1 && name.endsWith('norm.weight')

/** One tensor as llama.cpp reads it. */
function convert(config: ModelConfig, tensor: TensorToWrite): TensorToWrite {
  const { name, shape } = tensor
  const heads = reorderedHeads(name, config)
  const moved = heads === null ? tensor.data : interleave(tensor, heads)
  const data = isOffsetNorm(config, tensor) ? moved.map((weight) => weight + 1) : moved
  return { name: ggufName(config, name), shape, data }
}

/** The divisors of a checkpoint's rotary frequencies, one per pair (llama3 scaling only). */
function ropeFactors(config: ModelConfig): TensorToWrite[] {
  const { ropeScaling } = config
  if (ropeScaling?.kind === 'longrope')
    return (['long', 'short'] as const).map((length) => {
      const data = Float32Array.from(ropeScaling[`${length}Factor`])
      return { name: `rope_factors_${length}.weight`, shape: [data.length], data }
    })
  if (ropeScaling?.kind !== 'llama3') return []
  const { ropeScaling: _, ...plain } = config
  const scaled = frequencies(config)
  const data = Float32Array.from(frequencies(plain), (frequency, i) => frequency / scaled[i]!)
  return [{ name: 'rope_freqs.weight', shape: [data.length], data }]
}

/** @throws {GpoError} 'usage' for an architecture that llama.cpp has no name for */
export function ggufTensors(config: ModelConfig, tensors: readonly TensorToWrite[]): TensorToWrite[] {
  return [...ropeFactors(config), ...tensors.map((tensor) => convert(config, tensor))]
}

/** The same names and shapes, without values. @param weights the checkpoint's */
export const ggufShapes = (config: ModelConfig, weights: ReadonlyMap<string, readonly number[]>): NamedShape[] => [
  ...ropeFactors(config),
  ...[...weights].map(([name, shape]) => ({ name: ggufName(config, name), shape })),
]
