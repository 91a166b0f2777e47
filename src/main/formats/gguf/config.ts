/**
 * What a GGUF file's metadata says, as the `config.json` that the model has on Hugging Face: it is read by the same parser as a folder's, which checks
 * every number. Knows no ModelConfig.
 */
import { GpoError } from '@shared/errors'
import { type Json, tokenIds } from '../config-json'
import { familyKeys } from './config-families'
import { rotation } from './config-rope'
import { type Keys, keysOf } from './keys'
import type { GgufModel } from './model'

function embeddingRows({ path, tensors }: GgufModel): number {
  const shape = tensors.get('token_embd.weight')?.shape
  if (shape?.length === 2) return shape[0]! // a rank of 2
  throw new GpoError(
    'model',
    `${path} has no token_embd.weight with rows and columns: choose a file with the whole model`,
  )
}

/** Tokens that end a text: of the whole and of a turn. */
const ENDS = ['eos_token_id', 'eot_token_id', 'eom_token_id']

function specialTokens({ path, metadata }: GgufModel, rows: number): Json {
  const id = (name: string) => {
    const key = `tokenizer.ggml.${name}`
    return tokenIds(path, { [key]: metadata.get(key) }, key, rows)[0] ?? null
  }
  const ends = [...new Set(ENDS.map(id).filter((one) => one !== null))]
  return {
    bos_token_id: id('bos_token_id'),
    eos_token_id: ends.length > 1 ? ends : (ends[0] ?? null),
    pad_token_id: id('padding_token_id'),
  }
}

function heads(keys: Keys): Json {
  const count = keys.integer('attention.head_count')
  const size = keys.integer('attention.key_length', Math.floor(keys.integer('embedding_length') / count))
  const values = keys.integer('attention.value_length', size)
  if (values !== size)
    throw new GpoError(
      'model',
      `${keys.model.path} has keys of ${size} numbers and values of ${values}: only equal sizes are known`,
    )
  return {
    num_attention_heads: count,
    num_key_value_heads: keys.integer('attention.head_count_kv', count),
    head_dim: size,
  }
}

/** @throws GpoError('model') naming file, key and value */
export function ggufConfig(model: GgufModel): Json {
  const keys = keysOf(model)
  const { architecture } = keys
  const rows = embeddingRows(model)
  return {
    architectures: [architecture.architecture],
    model_type: architecture.modelType,
    vocab_size: rows,
    hidden_size: keys.integer('embedding_length'),
    intermediate_size: keys.integer('feed_forward_length'),
    num_hidden_layers: keys.integer('block_count'),
    ...heads(keys),
    max_position_embeddings: keys.integer('context_length'),
    rms_norm_eps: keys.float('attention.layer_norm_rms_epsilon'),
    tie_word_embeddings: !model.tensors.has('output.weight'),
    ...rotation(keys),
    ...familyKeys(keys),
    ...specialTokens(model, rows),
  }
}
