/** A random model of 2 layers in Hugging Face layout, with the bundled tokenizer. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ModelConfig } from '@main/formats/model-config'
import { writeSafetensors } from '@main/formats/safetensors-writer'
import { randomWeights, tinyConfig } from './tiny-model'

const tokenizer = resolve(import.meta.dirname, '../../resources/models/tiny')
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'generation_config.json']

const base = { ...tinyConfig, vocabSize: 324, maxPositions: 128, bosTokenId: 1, eosTokenIds: [2], padTokenId: 0 }

/** The `config.json` of the model. */
const configJson = (config: ModelConfig) => ({
  architectures: [config.architecture],
  model_type: 'llama',
  vocab_size: config.vocabSize,
  hidden_size: config.hiddenSize,
  intermediate_size: config.intermediateSize,
  num_hidden_layers: config.layers,
  num_attention_heads: config.heads,
  num_key_value_heads: config.kvHeads,
  head_dim: config.headDim,
  max_position_embeddings: config.maxPositions,
  rope_theta: config.ropeTheta,
  rms_norm_eps: config.rmsNormEps,
  tie_word_embeddings: config.tieWordEmbeddings,
  bos_token_id: config.bosTokenId,
  eos_token_id: config.eosTokenIds[0],
  pad_token_id: config.padTokenId,
})

type Weights = ReturnType<typeof randomWeights>

export interface ModelChanges {
  /** Keys of config.json. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly intermediateSize?: number
  /** Gets the weights before they are written. */
  readonly weights?: (weights: Weights) => void
}

/** Always the same weights, but for the changes. @returns the folder */
export function writeTinyModel(folder: string, changes: ModelChanges = {}): string {
  const config = { ...base, intermediateSize: changes.intermediateSize ?? base.intermediateSize }
  mkdirSync(folder, { recursive: true })
  for (const name of TOKENIZER_FILES) copyFileSync(join(tokenizer, name), join(folder, name))
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...configJson(config), ...changes.config }, null, 2))
  const weights = randomWeights(config, 7, 0.2)
  changes.weights?.(weights)
  const tensors = [...weights].map(([name, { shape, data }]) => ({ name, shape, data }))
  writeSafetensors(join(folder, 'model.safetensors'), tensors, 'F32')
  return folder
}
