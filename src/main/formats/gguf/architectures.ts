/** llama.cpp's architectures that are known: what Hugging Face calls them, and what a converter changes of their tensors. */
import { GpoError } from '@shared/errors'
import { shown } from '../safetensors-header'
import type { GgufModel } from './model'

export interface Architecture {
  /** In keys of the metadata. */
  readonly name: string
  /** In config.json. */
  readonly architecture: string
  readonly modelType: string
  /** Rows of q and k are reordered, so that a head's pairs are neighbours. */
  readonly isInterleaved: boolean
  /** What was added to the weights of norms. */
  readonly normOffset: number
  /** Parts of a layer, by llama.cpp's name, that are not as in Llama. */
  readonly parts: Readonly<Record<string, string>>
}

const plain = (name: string, architecture: string, more: Partial<Architecture> = {}): Architecture => ({
  name,
  architecture,
  modelType: name,
  isInterleaved: false,
  normOffset: 0,
  parts: {},
  ...more,
})

/** Norms before and after attention and feed-forward part. */
const AROUND = {
  post_attention_norm: 'post_attention_layernorm',
  ffn_norm: 'pre_feedforward_layernorm',
  post_ffw_norm: 'post_feedforward_layernorm',
}
const GEMMA = { normOffset: 1, parts: AROUND }
const PHI3 = { parts: { attn_qkv: 'self_attn.qkv_proj', ffn_up: 'mlp.gate_up_proj' } }
const OLMO2 = {
  parts: { post_attention_norm: 'post_attention_layernorm', post_ffw_norm: 'post_feedforward_layernorm' },
}

const ALL = [
  plain('llama', 'LlamaForCausalLM', { isInterleaved: true }),
  plain('qwen2', 'Qwen2ForCausalLM'),
  plain('qwen3', 'Qwen3ForCausalLM'),
  plain('smollm3', 'SmolLM3ForCausalLM', { isInterleaved: true }),
  plain('gemma2', 'Gemma2ForCausalLM', GEMMA),
  plain('gemma3', 'Gemma3ForCausalLM', { ...GEMMA, modelType: 'gemma3_text' }),
  plain('phi3', 'Phi3ForCausalLM', PHI3),
  plain('granite', 'GraniteForCausalLM', { isInterleaved: true }),
  plain('olmo2', 'Olmo2ForCausalLM', OLMO2),
]

/** @throws GpoError('model') for one that is not known */
export function architectureOf({ path, metadata }: GgufModel): Architecture {
  const name = metadata.get('general.architecture')
  const known = ALL.find((one) => one.name === name)
  const experts = metadata.get(`${shown(name)}.expert_count`) ?? 0
  if (known && experts === 0) return known
  const found = known ? `${known.name} with ${shown(experts)} experts` : shown(name ?? '(none given)')
  const names = ALL.map((one) => one.name).join(', ')
  throw new GpoError('model', `${path}: the architecture ${found} is not known; known: ${names}`)
}
