/** Small models with the bundled tokenizer, of every architecture, as llama.cpp computes them. */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { openSafetensors } from '@main/formats/safetensors'
import { ARCHITECTURE_CONFIGS, randomWeightsOf } from './architectures'

const BUNDLED = resolve(import.meta.dirname, '../../resources/models/tiny')

export interface Source {
  readonly folder: string
  readonly config: ModelConfig
  readonly tensors: { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array }[]
}

/** Positions that a window hides are not computed in llama.cpp but for Gemma; which layers have one, and how queries are scaled, is fixed there. */
const NO_WINDOW = { sliding_window: null }
const GEMMA3 = { layer_types: null, num_hidden_layers: 7, sliding_window_pattern: 6, query_pre_attn_scalar: 6 }
const CHANGED: Readonly<Record<string, object>> = {
  mistral: NO_WINDOW,
  qwen2: NO_WINDOW,
  'qwen3 with a window in its last layer': { use_sliding_window: false },
  'phi 3 with a window': NO_WINDOW,
  'gemma 3': GEMMA3,
  'gemma 2': { query_pre_attn_scalar: 6 },
  'phi 4 mini': { original_max_position_embeddings: 256, max_position_embeddings: 1024 },
}

/** Of ARCHITECTURE_CONFIGS, those that llama.cpp knows and that are not the same to it as another. */
export const GGUF_NAMES = Object.keys(ARCHITECTURE_CONFIGS).filter(
  (name) => !name.includes('spelling') && !name.includes('capped'),
)

/** A random model, always the same. @param home where its folder is made */
export function randomSource(home: string, name: string): Source {
  const at = mkdtempSync(join(home, `${name.replace(/\W+/g, '-')}-`))
  for (const file of ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json'])
    copyFileSync(join(BUNDLED, file), join(at, file))
  const json = ARCHITECTURE_CONFIGS[name]
  const wider = { ...json, vocab_size: 324, max_position_embeddings: 256, hidden_size: 32, ...CHANGED[name] }
  writeFileSync(join(at, 'config.json'), JSON.stringify(wider))
  const config = readModelConfig(at)
  const tensors = Object.entries(randomWeightsOf(config)).map(([name, tensor]) => ({ name, ...tensor }))
  return { folder: at, config, tensors }
}

export function bundledSource(): Source {
  const file = openSafetensors(BUNDLED)
  const tensors = file.names.map((name) => ({ name, shape: file.info(name).shape, data: file.read(name) }))
  file.close()
  return { folder: BUNDLED, config: readModelConfig(BUNDLED), tensors }
}

/** Ids of random texts, the first of 6 tokens, each longer by one than the one before. */
export const randomPrompts = (count: number, vocabSize: number) =>
  Array.from({ length: count }, (_, p) =>
    Int32Array.from({ length: 6 + p }, (_, i) => 3 + ((31 * p + 17 * i) % (vocabSize - 3))),
  )
