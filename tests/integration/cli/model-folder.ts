/** A random model of 2 layers in Hugging Face layout, with the bundled tokenizer. Relative imports: global set-up knows no aliases. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { writeSafetensors } from '@engine/checkpoint/safetensors-writer'
import { type randomWeights, tinyConfig, randomWeights as weightsOf } from '../../support/tiny-model'

const tokenizer = resolve(import.meta.dirname, '../../../resources/models/tiny')
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'generation_config.json']

export const config = { ...tinyConfig, vocabSize: 324, maxPositions: 128, bosTokenId: 1, eosTokenIds: [2], padTokenId: 0 }

/** The `config.json` of the model. */
export const configJson = {
  architectures: [config.architecture],
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
}

type Weights = ReturnType<typeof randomWeights>

export function writeWeights(file: string, weights: Weights): void {
  writeSafetensors(file, [...weights].map(([name, { shape, data }]) => ({ name, shape, data })), 'F32')
}

/** @returns the folder */
export function writeTinyModel(folder: string): string {
  mkdirSync(folder, { recursive: true })
  for (const name of TOKENIZER_FILES) copyFileSync(join(tokenizer, name), join(folder, name))
  writeFileSync(join(folder, 'config.json'), JSON.stringify(configJson, null, 2))
  writeWeights(join(folder, 'model.safetensors'), weightsOf(config, 7, 0.2))
  return folder
}
