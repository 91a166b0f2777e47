/** Which tensors a model has, and loading them with every name and shape checked first. */
import { GpoError } from '@shared/errors'
import { openSafetensors } from '../checkpoint/safetensors'
import type { HostTensor } from '../policy/policy'
import type { ModelConfig } from './config'

/** Names and shapes of a Llama checkpoint; projections are [out, in]. */
export function expectedWeights(config: ModelConfig): Map<string, readonly number[]> {
  const { hiddenSize: d, intermediateSize: f, vocabSize: v, heads, kvHeads, headDim } = config
  const shapes = new Map<string, readonly number[]>([['model.embed_tokens.weight', [v, d]]])
  for (let i = 0; i < config.layers; i++) {
    const layer = `model.layers.${i}`
    shapes.set(`${layer}.self_attn.q_proj.weight`, [heads * headDim, d])
    shapes.set(`${layer}.self_attn.k_proj.weight`, [kvHeads * headDim, d])
    shapes.set(`${layer}.self_attn.v_proj.weight`, [kvHeads * headDim, d])
    shapes.set(`${layer}.self_attn.o_proj.weight`, [d, heads * headDim])
    shapes.set(`${layer}.mlp.gate_proj.weight`, [f, d])
    shapes.set(`${layer}.mlp.up_proj.weight`, [f, d])
    shapes.set(`${layer}.mlp.down_proj.weight`, [d, f])
    shapes.set(`${layer}.input_layernorm.weight`, [d])
    shapes.set(`${layer}.post_attention_layernorm.weight`, [d])
  }
  shapes.set('model.norm.weight', [d])
  if (!config.tieWordEmbeddings) shapes.set('lm_head.weight', [v, d])
  return shapes
}

/**
 * Every expected tensor as float32. Tensors the model does not have (a tied head stored again, rotary tables) are not read.
 * @throws GpoError('model') naming the tensor, the expected and the found shape, before anything is read
 */
export function loadWeights(folder: string, config: ModelConfig): Map<string, HostTensor> {
  const file = openSafetensors(folder)
  try {
    const expected = expectedWeights(config)
    const names = new Set(file.names)
    for (const [name, shape] of expected) {
      if (!names.has(name))
        throw new GpoError(
          'model',
          `${folder}: the tensor ${name} is missing (config.json asks for [${shape.join(', ')}])`,
        )
      const found = file.info(name).shape
      if (String(found) !== String(shape)) {
        throw new GpoError(
          'model',
          `${folder}: ${name} has the wrong shape: expected [${shape.join(', ')}] from config.json, found [${found.join(', ')}]`,
        )
      }
    }
    return new Map([...expected].map(([name, shape]) => [name, { shape, data: file.read(name) }]))
  } finally {
    file.close()
  }
}
