/**
 * Random checkpoints in the shape of Qwen2, in Hugging Face layout with the bundled tokenizer: whole folders, so that the real loader reads them.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StoredDtype } from '@main/formats/dtypes'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { writeSafetensors } from '@main/formats/safetensors-writer'
import { expectedWeights } from '@main/formats/weights'
import { modelPath } from '@main/paths'

export interface QwenShape {
  readonly vocabSize: number
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
}

/** 31 million parameters. */
export const SMALL: QwenShape = {
  ...{ vocabSize: 16_384, hiddenSize: 512, intermediateSize: 1408, layers: 8, heads: 8, kvHeads: 2 },
}
/** 268 million parameters: 1.07 GB as float32. */
export const LARGE: QwenShape = {
  ...{ vocabSize: 32_768, hiddenSize: 1024, intermediateSize: 3072, layers: 19, heads: 16, kvHeads: 4 },
}

const TOKENIZER = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'generation_config.json']

const configJson = (shape: QwenShape) => ({
  architectures: ['Qwen2ForCausalLM'],
  model_type: 'qwen2',
  vocab_size: shape.vocabSize,
  hidden_size: shape.hiddenSize,
  intermediate_size: shape.intermediateSize,
  num_hidden_layers: shape.layers,
  num_attention_heads: shape.heads,
  num_key_value_heads: shape.kvHeads,
  max_position_embeddings: 4096,
  rope_theta: 1e6,
  rms_norm_eps: 1e-6,
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
  pad_token_id: 0,
})

/** Uniform numbers in ±0.035 (deviation 0.02), from a generator that is fast rather than good. */
function fill(data: Float32Array, seed: number): void {
  let state = seed >>> 0
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data[i] = (state / 2 ** 31 - 1) * 0.035
  }
}

/** Names of tensors in shards of about equal size. */
function shardsOf(sizes: readonly (readonly [string, number])[], count: number): string[][] {
  const total = sizes.reduce((sum, [, size]) => sum + size, 0)
  const shards: string[][] = Array.from({ length: count }, () => [])
  let done = 0
  for (const [name, size] of sizes) {
    shards[Math.min(count - 1, Math.floor((done * count) / total))]!.push(name)
    done += size
  }
  return shards
}

/** Writes a folder; one shard at a time is in memory. */
export function writeModel(folder: string, shape: QwenShape, dtype: StoredDtype, shards = 1): ModelConfig {
  mkdirSync(folder, { recursive: true })
  const bundled = modelPath('bundled:tiny')
  for (const name of TOKENIZER) copyFileSync(join(bundled, name), join(folder, name))
  writeFileSync(join(folder, 'config.json'), JSON.stringify(configJson(shape)))
  const config = readModelConfig(folder)
  const expected = expectedWeights(config)
  const sizeOf = (name: string) => expected.get(name)!.reduce((a, b) => a * b, 1)
  const names = shardsOf(
    [...expected.keys()].map((name) => [name, sizeOf(name)]),
    shards,
  )
  const map: Record<string, string> = {}
  names.forEach((own, i) => {
    const file = shards === 1 ? 'model.safetensors' : `model-${i + 1}-of-${shards}.safetensors`
    const tensors = own.map((name) => {
      const data = new Float32Array(sizeOf(name))
      if (name.endsWith('norm.weight')) data.fill(1)
      else fill(data, i * 1000 + name.length)
      map[name] = file
      return { name, shape: expected.get(name)!, data }
    })
    writeSafetensors(join(folder, file), tensors, dtype)
  })
  if (shards > 1) writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }))
  return config
}
