/** A small random Llama for tests: grouped-query attention, tied head. */

import { normal } from '@engine/core/rng'
import type { Backend, DeviceTensor } from '@engine/tensor/backend'
import type { ModelConfig } from '@main/formats/model-config'

export const tinyConfig: ModelConfig = {
  architecture: 'LlamaForCausalLM',
  vocabSize: 24,
  hiddenSize: 16,
  intermediateSize: 24,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  headDim: 4,
  maxPositions: 256,
  ropeTheta: 10_000,
  rmsNormEps: 1e-5,
  tieWordEmbeddings: true,
  bosTokenId: null,
  eosTokenIds: [1],
  padTokenId: 0,
}

export function tinyShapes(config = tinyConfig): Record<string, number[]> {
  const { hiddenSize: d, intermediateSize: f, heads, kvHeads, headDim } = config
  const shapes: Record<string, number[]> = {
    'model.embed_tokens.weight': [config.vocabSize, d],
    'model.norm.weight': [d],
  }
  for (let i = 0; i < config.layers; i++) {
    const layer = `model.layers.${i}`
    Object.assign(shapes, {
      [`${layer}.self_attn.q_proj.weight`]: [heads * headDim, d],
      [`${layer}.self_attn.k_proj.weight`]: [kvHeads * headDim, d],
      [`${layer}.self_attn.v_proj.weight`]: [kvHeads * headDim, d],
      [`${layer}.self_attn.o_proj.weight`]: [d, heads * headDim],
      [`${layer}.mlp.gate_proj.weight`]: [f, d],
      [`${layer}.mlp.up_proj.weight`]: [f, d],
      [`${layer}.mlp.down_proj.weight`]: [d, f],
      [`${layer}.input_layernorm.weight`]: [d],
      [`${layer}.post_attention_layernorm.weight`]: [d],
    })
  }
  return shapes
}

export function randomWeights(config = tinyConfig, seed = 7, scale = 0.4) {
  return new Map(
    Object.entries(tinyShapes(config)).map(([name, shape], stream) => {
      const size = shape.reduce((a, b) => a * b, 1)
      const isNorm = shape.length === 1
      const data = Float32Array.from(
        { length: size },
        (_, i) => (isNorm ? 1 : 0) + scale * (isNorm ? 0.1 : 1) * normal(seed, stream, i),
      )
      return [name, { shape, data }] as const
    }),
  )
}

export function upload(backend: Backend, weights: ReturnType<typeof randomWeights>): Record<string, DeviceTensor> {
  return Object.fromEntries([...weights].map(([name, { shape, data }]) => [name, backend.tensor(data.slice(), shape)]))
}
