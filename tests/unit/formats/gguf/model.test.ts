/** A model exported as GGUF is, read back, the model that it was. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { contextOf } from '@main/export/gguf/architectures'
import { exportGguf } from '@main/export/gguf/export'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { openModelFiles } from '@main/formats/model-files'
import { frequencies } from '@main/formats/rope-frequencies'
import { inspectWeights, loadBase, loadWeights } from '@main/formats/weights'
import { afterAll, describe, expect, it } from 'vitest'
import { ARCHITECTURE_CONFIGS, randomWeightsOf } from '../../../support/architectures'
import { array, float, ggufBytes, string, type TensorBytes, uint, type Value } from '../../../support/gguf'

const bundled = resolve(import.meta.dirname, '../../../../resources/models/tiny')
const folder = mkdtempSync(join(tmpdir(), 'gguf-model-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Source {
  readonly folder: string
  readonly config: ModelConfig
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array }[]
}

function source(json: object): Source {
  const at = mkdtempSync(join(folder, 'source-'))
  for (const file of ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json'])
    copyFileSync(join(bundled, file), join(at, file))
  writeFileSync(join(at, 'config.json'), JSON.stringify({ ...json, vocab_size: 324 }))
  const config = readModelConfig(at)
  return {
    folder: at,
    config,
    tensors: Object.entries(randomWeightsOf(config)).map(([name, one]) => ({ name, ...one })),
  }
}

function exported({ folder: sourceFolder, tensors }: Source, type: 'F32' | 'F16' | 'Q8_0'): string {
  const out = join(mkdtempSync(join(folder, 'file-')), 'model.gguf')
  exportGguf({ sourceFolder, name: 'test', tensors, out, type })
  return out
}

/** What the tokens are is the tokenizer's to say; and a GGUF file of Mistral calls it Llama. */
const shapeOf = ({ architecture, ropeScaling, bosTokenId, eosTokenIds, padTokenId, ...config }: ModelConfig) => ({
  ...config,
  architecture: architecture === 'MistralForCausalLM' ? 'LlamaForCausalLM' : architecture,
  scaling: ropeScaling?.kind,
})

/** llama.cpp has no windows for some: their context ends where one would begin to hide. */
function asExported(config: ModelConfig): ModelConfig {
  const { window, ...others } = config
  const context = contextOf(config)
  return context < config.maxPositions ? { ...others, maxPositions: context } : config
}

/** Those of Gemma that llama.cpp computes as they are; it refuses the ones of ARCHITECTURE_CONFIGS. */
const WHOLE_GEMMAS = {
  'gemma 2': { ...ARCHITECTURE_CONFIGS['gemma 2'], query_pre_attn_scalar: 6 },
  'gemma 3': {
    ...ARCHITECTURE_CONFIGS['gemma 3'],
    num_hidden_layers: 7,
    sliding_window_pattern: 6,
    query_pre_attn_scalar: 6,
  },
}
const CONFIGS: Readonly<Record<string, object>> = {
  ...Object.fromEntries(Object.entries(ARCHITECTURE_CONFIGS).filter(([name]) => !name.startsWith('gemma'))),
  ...WHOLE_GEMMAS,
}

describe('a model exported as GGUF', () => {
  it.each(Object.entries(CONFIGS))('%s: has the same config and weights', (_, json) => {
    const before = source(json)
    const file = exported(before, 'F32')
    const config = readModelConfig(file)
    expect(shapeOf(config)).toEqual(shapeOf(asExported(before.config)))
    const wanted = frequencies(before.config)
    for (const [i, frequency] of frequencies(config).entries()) expect(frequency / wanted[i]!).toBeCloseTo(1, 6)
    const weights = loadWeights(file, config)
    expect(weights.size).toBe(before.tensors.length)
    for (const { name, shape, data } of before.tensors) {
      const isRounded = config.hasNormOffset && name.endsWith('norm.weight') // the file has 1 + w
      const stored = isRounded ? data.map((value) => Math.fround(1 + value) - 1) : data
      expect([name, weights.get(name)]).toEqual([name, { shape, data: stored }])
    }
  })

  it('has what a config says the tokens of its ends are', () => {
    const config = readModelConfig(exported(source(ARCHITECTURE_CONFIGS['llama']!), 'F32'))
    expect([config.bosTokenId, config.eosTokenIds, config.padTokenId]).toEqual([1, [2], 0])
  })

  it('is held in 16 bits without any loss where it was stored so', () => {
    const file = exported(source(ARCHITECTURE_CONFIGS['llama']!), 'F16')
    const config = readModelConfig(file)
    const name = 'model.layers.1.self_attn.k_proj.weight'
    const whole = loadWeights(file, config).get(name)!
    const half = loadBase(file, config, 'float16').get(name)!
    expect(half.data).toBeInstanceOf(Uint16Array)
    const parts = openModelFiles(file).openTensors()
    expect(parts.readPart(name, 5, 40)).toEqual(whole.data.slice(5, 45)) // out of the middle of reordered rows
    parts.close()
    expect(inspectWeights(file, config).dtypes.get('F16')).toBeGreaterThan(0)
  })
})

const F32 = 0
const zeros = (name: string, ...shape: number[]): TensorBytes => ({
  name,
  shape,
  type: F32,
  bytes: new Uint8Array(4 * shape.reduce((a, b) => a * b, 1)),
})

type Keys = Readonly<Record<string, Value>>

/** A file with an embedding and the keys of an architecture, and no more. */
function fileOf(architecture: string, keys: Keys, tensors: readonly TensorBytes[] = [], padding = uint(0)): string {
  const common: Keys = {
    context_length: uint(64),
    embedding_length: uint(8),
    feed_forward_length: uint(12),
    block_count: uint(6),
    'attention.head_count': uint(2),
    'attention.layer_norm_rms_epsilon': float(1e-6),
    'attention.sliding_window': uint(16),
    ...keys,
  }
  const metadata = [
    ['general.architecture', string(architecture)],
    ['tokenizer.ggml.eos_token_id', uint(1)],
    ['tokenizer.ggml.eot_token_id', uint(5)],
    ['tokenizer.ggml.padding_token_id', padding],
    ...Object.entries(common).map(([key, value]) => [`${architecture}.${key}`, value]),
  ] as [string, Value][]
  const path = join(mkdtempSync(join(folder, 'written-')), 'model.gguf')
  writeFileSync(path, ggufBytes({ metadata, tensors: [zeros('token_embd.weight', 10, 8), ...tensors] }))
  return path
}
const configOf = (...file: Parameters<typeof fileOf>) => openModelFiles(fileOf(...file)).config()

describe("a GGUF file's metadata as config.json", () => {
  it('names what ends a text and what ends a turn', () => {
    expect(configOf('llama', {})).toMatchObject({ bos_token_id: null, eos_token_id: [1, 5], rms_norm_eps: 1e-6 })
  })
  it('names no token by the largest number, and none beyond the embedding', () => {
    expect(configOf('llama', {}, [], uint(2 ** 32 - 1))).toMatchObject({ pad_token_id: null })
    expect(() => configOf('llama', {}, [], uint(10))).toThrow(
      /"tokenizer\.ggml\.padding_token_id" is 10, expected ids of tokens from 0 to 9/,
    )
  })
  it('is as Gemma 2 has it', () => {
    expect(configOf('gemma2', { attn_logit_softcapping: float(50), final_logit_softcapping: float(30) })).toMatchObject(
      {
        architectures: ['Gemma2ForCausalLM'],
        hidden_activation: 'gelu_pytorch_tanh',
        attn_logit_softcapping: 50,
        final_logit_softcapping: 30,
        query_pre_attn_scalar: 4,
        sliding_window: 16,
        layer_types: [
          'sliding_attention',
          'full_attention',
          'sliding_attention',
          'full_attention',
          'sliding_attention',
          'full_attention',
        ],
      },
    )
  })
  it('is as Gemma 3 has it', () => {
    const config = configOf('gemma3', {
      'rope.freq_base': float(1e6),
      'attention.key_length': uint(6),
      'attention.value_length': uint(6),
    })
    expect(config).toMatchObject({
      architectures: ['Gemma3ForCausalLM'],
      model_type: 'gemma3_text',
      head_dim: 6,
      rope_theta: 1e6,
      rope_local_base_freq: 10_000,
      query_pre_attn_scalar: 6,
      tie_word_embeddings: true,
    })
    expect((config['layer_types'] as string[]).indexOf('full_attention')).toBe(5)
  })
  it('is as Granite has it', () => {
    const scales = {
      'attention.scale': float(0.015625),
      embedding_scale: float(12),
      residual_scale: float(0.22),
      logit_scale: float(8),
    }
    expect(configOf('granite', scales)).toMatchObject({
      architectures: ['GraniteForCausalLM'],
      attention_multiplier: 0.015625,
      embedding_multiplier: 12,
      residual_multiplier: 0.22,
      logits_scaling: 8,
    })
  })
  it('is as Phi-3 has it, with its two tables', () => {
    const table = (name: string, ...values: number[]): TensorBytes => ({
      name,
      shape: [values.length],
      type: F32,
      bytes: new Uint8Array(Float32Array.from(values).buffer),
    })
    const tables = [table('rope_factors_long.weight', 2, 3), table('rope_factors_short.weight', 1, 1.5)]
    const keys = {
      'rope.scaling.original_context_length': uint(32),
      'rope.scaling.attn_factor': float(1.25),
      'rope.dimension_count': uint(2),
    }
    expect(configOf('phi3', keys, tables)).toMatchObject({
      rope_scaling: { rope_type: 'longrope', short_factor: [1, 1.5], long_factor: [2, 3], attention_factor: 1.25 },
      original_max_position_embeddings: 32,
      partial_rotary_factor: 0.5,
    })
  })
  it('is as YaRN has it', () => {
    const keys = {
      'rope.scaling.type': string('yarn'),
      'rope.scaling.factor': float(4),
      'rope.scaling.original_context_length': uint(32),
    }
    expect(configOf('qwen2', keys)['rope_scaling']).toEqual({
      rope_type: 'yarn',
      factor: 4,
      original_max_position_embeddings: 32,
    })
  })
  it('finds the rule that made the table of Llama 3.2', () => {
    const pairs = 32
    const { bytes } = llama3Table(pairs, 500_000, 32, 8192)
    const keys = {
      'attention.key_length': uint(64),
      'attention.value_length': uint(64),
      'rope.freq_base': float(500_000),
    }
    const table = { name: 'rope_freqs.weight', shape: [pairs], type: F32, bytes }
    expect(configOf('llama', keys, [table])['rope_scaling']).toEqual({
      rope_type: 'llama3',
      factor: 32,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    })
  })

  it.each([
    ['an unknown architecture', 'mamba', {}, 'the architecture mamba is not known; known: llama'],
    ['experts', 'llama', { expert_count: uint(8) }, 'llama with 8 experts is not known'],
    [
      'a width for each layer',
      'llama',
      { feed_forward_length: array('int32', [1, 2]) },
      '"llama.feed_forward_length" is',
    ],
    ['no layers', 'llama', { block_count: uint(0) }, '"llama.block_count" is 0'],
    [
      'keys and values of two sizes',
      'llama',
      { 'attention.value_length': uint(8) },
      'keys of 4 numbers and values of 8',
    ],
    ['an unknown rotation', 'llama', { 'rope.scaling.type': string('spiral') }, 'rope.scaling.type is spiral'],
  ] as const)('%s: refused by name', (_, architecture, keys, message) => {
    expect(() => configOf(architecture, keys)).toThrow(message)
  })
})

function llama3Table(pairs: number, theta: number, factor: number, original: number) {
  const config = { headDim: 2 * pairs, ropeTheta: theta }
  const ropeScaling = {
    kind: 'llama3',
    factor,
    lowFreqFactor: 1,
    highFreqFactor: 4,
    originalMaxPositions: original,
  } as const
  const scaled = frequencies({ ...config, ropeScaling })
  return { bytes: new Uint8Array(Float32Array.from(frequencies(config), (one, i) => one / scaled[i]!).buffer) }
}
