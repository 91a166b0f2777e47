import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readModelConfig } from '@main/formats/model-config'
import { GpoError } from '@shared/errors'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gpo-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const right = {
  architectures: ['LlamaForCausalLM'],
  vocab_size: 324,
  hidden_size: 64,
  intermediate_size: 176,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 256,
  rope_theta: 50_000,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
  bos_token_id: 1,
  eos_token_id: 2,
  pad_token_id: 0,
}

const write = (text: string) => writeFileSync(join(folder, 'config.json'), text)
const read = (changes: object = {}) => {
  write(JSON.stringify({ ...right, ...changes }))
  return readModelConfig(folder)
}

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (!(error instanceof GpoError)) throw error
    expect(error.code).toBe('model')
    return error.message
  }
  throw new Error('nothing was refused')
}

describe('config.json', () => {
  it('of a Llama gives its shape', () => {
    expect(read()).toEqual({
      architecture: 'LlamaForCausalLM',
      vocabSize: 324,
      hiddenSize: 64,
      intermediateSize: 176,
      layers: 2,
      heads: 4,
      kvHeads: 2,
      headDim: 16,
      maxPositions: 256,
      ropeTheta: 50_000,
      rmsNormEps: 1e-5,
      tieWordEmbeddings: true,
      bosTokenId: 1,
      eosTokenIds: [2],
      padTokenId: 0,
    })
  })

  it('that leaves out what has a default in the format gets that default', () => {
    const absent = { num_key_value_heads: null, rope_theta: undefined, rms_norm_eps: undefined, head_dim: null }
    const tokens = { bos_token_id: null, eos_token_id: null, pad_token_id: -1 }
    expect(read({ ...absent, ...tokens, tie_word_embeddings: undefined })).toMatchObject({
      kvHeads: 4,
      headDim: 16,
      ropeTheta: 10_000,
      rmsNormEps: 1e-6,
      tieWordEmbeddings: false,
      bosTokenId: null,
      eosTokenIds: [],
      padTokenId: null,
    })
  })

  it('may end completions with several tokens, and give heads a size of their own', () => {
    expect(read({ eos_token_id: [2, 7], head_dim: 32, hidden_size: 66 })).toMatchObject({
      eosTokenIds: [2, 7],
      headDim: 32,
    })
  })

  it('in the newer spelling of the rotary base', () => {
    const rope = { rope_theta: undefined, rope_parameters: { rope_type: 'default', rope_theta: 500_000 } }
    expect(read(rope).ropeTheta).toBe(500_000)
  })

  it('of an unknown architecture is refused with the name and the known ones', () => {
    const message = messageOf(() => read({ architectures: ['GPT2LMHeadModel'] }))
    expect(message).toContain('GPT2LMHeadModel')
    expect(message).toContain('known: LlamaForCausalLM')
    expect(messageOf(() => read({ architectures: undefined }))).toContain('none given')
  })

  it.each([
    ['rope_scaling', { rope_type: 'yarn', factor: 8 }],
    ['attention_bias', 'yes'],
    ['mlp_bias', 1],
    ['quantization_config', { bits: 4 }],
    ['hidden_act', 'gelu'],
    ['rope_parameters', { rope_type: 'yarn', rope_theta: 10_000 }],
    ['rope_parameters', [10_000]],
    ['rope_parameters', 7],
  ])('with %s set to %j is refused', (key, value) => {
    expect(messageOf(() => read({ [key]: value }))).toContain(`"${key}"`)
  })

  it('of a scaled rotation without its numbers is refused by the number', () => {
    expect(messageOf(() => read({ rope_scaling: { rope_type: 'llama3', factor: 8 } }))).toContain('"low_freq_factor"')
    expect(messageOf(() => read({ rope_scaling: { type: 'linear' } }))).toContain('"factor"')
  })

  it('with a rotation for each kind of layer is read where the model has one kind, else refused', () => {
    const qwen = {
      architectures: ['Qwen3ForCausalLM'],
      sliding_window: 128,
      use_sliding_window: true,
      rope_theta: undefined,
    }
    const full = { rope_type: 'default', rope_theta: 1e6 }
    const local = { rope_type: 'default', rope_theta: 1e4 }
    const rope_parameters = { full_attention: full, sliding_attention: local }
    expect(read({ ...qwen, rope_parameters }).ropeTheta).toBe(1e6)
    expect(read({ ...qwen, rope_parameters, max_window_layers: 0 }).ropeTheta).toBe(1e4)
    const both = { ...qwen, max_window_layers: 1 }
    expect(messageOf(() => read({ ...both, rope_parameters }))).toMatch(/rotation of their own/)
    expect(read({ ...both, rope_parameters: { full_attention: full, sliding_attention: full } }).ropeTheta).toBe(1e6)
    expect(messageOf(() => read({ rope_parameters: { sliding_attention: local } }))).toMatch(/rotation of their own/)
  })

  it.each([
    ['rope_local_base_freq', 10_000],
    ['global_rope_theta', 160_000],
    ['partial_rotary_factor', 0.5],
    ['rope_theta', [1e4, 1e6]],
    ['rope_parameters', { rope_type: 'default', rope_theta: 1e4, partial_rotary_factor: 0.25 }],
  ])('with %s set to %j is refused, since some layers or numbers are rotated otherwise', (key, value) => {
    expect(messageOf(() => read({ [key]: value }))).toMatch(/rope|rotary/)
  })

  it.each([
    [['full_attention', 'chunked_attention']],
    [['full_attention']],
    [['sliding_attention', 'full_attention']],
    ['full_attention'],
  ])('with layer types %j is refused', (layer_types) => {
    const changes = { architectures: ['Qwen2ForCausalLM'], layer_types }
    expect(messageOf(() => read(changes))).toContain('"layer_types"')
  })

  it('of each architecture says what it does differently', () => {
    const of = (name: string, changes: object = {}) => read({ architectures: [name], ...changes })
    expect(of('LlamaForCausalLM', { mlp_bias: true }).biases).toEqual(['gate_proj', 'up_proj', 'down_proj'])
    expect(of('Qwen2ForCausalLM').biases).toEqual(['q_proj', 'k_proj', 'v_proj'])
    expect(of('Qwen3ForCausalLM', { head_dim: 32 })).toMatchObject({ qkNorm: 'head', headDim: 32 })
    expect(of('SmolLM3ForCausalLM', { num_hidden_layers: 8 }).layersWithoutRope).toEqual([3, 7])
    expect(of('SmolLM3ForCausalLM', { no_rope_layers: [0, 1] }).layersWithoutRope).toEqual([0])
    expect(messageOf(() => of('SmolLM3ForCausalLM', { no_rope_layers: [0, 2] }))).toContain('"no_rope_layers"')
  })

  it('with a sliding window names the layers that have it, unless it is switched off', () => {
    const window = { architectures: ['MistralForCausalLM'], sliding_window: 128 }
    expect(read(window)).toMatchObject({ maxPositions: 256, window: { size: 128, layers: [0, 1] } })
    expect(read({ ...window, sliding_window: null }).window).toBeUndefined()
    const qwen = { ...window, architectures: ['Qwen3ForCausalLM'], max_window_layers: 1, num_key_value_heads: 2 }
    expect(read({ ...qwen, use_sliding_window: true }).window).toEqual({ size: 128, layers: [1] })
    expect(read({ ...qwen, use_sliding_window: false }).window).toBeUndefined()
    const none = { use_sliding_window: true, layer_types: ['full_attention', 'full_attention'] }
    expect(read({ ...qwen, ...none }).window).toBeUndefined()
  })

  it('of Gemma 3 has a window in five of six layers, which rotate by a base of their own', () => {
    const gemma = { architectures: ['Gemma3ForCausalLM'], num_hidden_layers: 7, rope_theta: undefined }
    expect(read(gemma)).toMatchObject({
      ...{ headDim: 256, ropeTheta: 1_000_000, attentionScale: 1 / 16, embeddingScale: 8 },
      window: { size: 4096, layers: [0, 1, 2, 3, 4, 6], rope: { theta: 10_000, scaling: null } },
    })
    const layer_types = Array.from({ length: 7 }, (_, i) => (i === 1 ? 'sliding_attention' : 'full_attention'))
    expect(read({ ...gemma, layer_types }).window?.layers).toEqual([1])
  })

  it('of Phi-3 rotates heads in part, by divided frequencies, up to what it was trained with first', () => {
    const short_factor = [1, 2]
    const rope_scaling = { type: 'longrope', short_factor, long_factor: [3, 4] }
    const phi = { architectures: ['Phi3ForCausalLM'], partial_rotary_factor: 0.25, rope_scaling }
    const found = read({ ...phi, max_position_embeddings: 8192 })
    expect(found).toMatchObject({ maxPositions: 4096, rotaryDim: 4, isFused: true })
    const attentionFactor = Math.sqrt(1 + Math.log(2) / Math.log(4096))
    expect(found.ropeScaling).toMatchObject({ kind: 'longrope', attentionFactor, shortFactor: [1, 2] })
    const wrong = { ...rope_scaling, short_factor: [1, 2, 3] }
    expect(messageOf(() => read({ ...phi, rope_scaling: wrong }))).toMatch(/"short_factor" is \[1,2,3\], expected 2/)
  })

  it.each([
    ['Gemma3ForCausalLM', 'use_bidirectional_attention', true],
    ['Gemma3ForCausalLM', 'attn_logit_softcapping', 50],
    ['Gemma3ForCausalLM', 'final_logit_softcapping', -1],
    ['Gemma3ForCausalLM', 'hidden_activation', 'gelu'],
    ['Gemma3ForCausalLM', 'layer_types', ['full_attention', 'chunked_attention']],
    ['Gemma3ForCausalLM', 'sliding_window', null],
    ['Gemma3ForCausalLM', 'rope_parameters', { rope_type: 'default', rope_theta: 10_000 }],
    ['Gemma3ForCausalLM', 'rope_scaling', { type: 'linear', factor: 8 }],
    ['Gemma2ForCausalLM', 'hidden_activation', 'relu'],
    ['Gemma2ForCausalLM', 'query_pre_attn_scalar', 0],
    ['Gemma2ForCausalLM', 'rope_local_base_freq', 10_000],
    ['GraniteForCausalLM', 'residual_multiplier', 'big'],
    ['GraniteForCausalLM', 'logits_scaling', 0],
    ['Olmo2ForCausalLM', 'hidden_act', 'relu'],
    ['Olmo2ForCausalLM', 'partial_rotary_factor', 0.5],
    ['Phi3ForCausalLM', 'partial_rotary_factor', 0.1],
    ['Phi3ForCausalLM', 'partial_rotary_factor', 1.5],
    ['Phi3ForCausalLM', 'rope_scaling', { type: 'linear', factor: 2 }],
  ])('of %s with %s set to %j is refused by the key', (name, key, value) => {
    expect(messageOf(() => read({ architectures: [name], [key]: value }))).toContain(`"${key}"`)
  })

  it.each([
    ['vocab_size', 0],
    ['vocab_size', undefined],
    ['vocab_size', 1e9],
    ['vocab_size', '324'],
    ['hidden_size', 64.5],
    ['hidden_size', -64],
    ['num_hidden_layers', 100_000],
    ['num_attention_heads', []],
    ['num_key_value_heads', 0],
    ['intermediate_size', true],
    ['max_position_embeddings', 0],
    ['rope_theta', 0],
    ['rms_norm_eps', -1],
    ['head_dim', 0],
    ['tie_word_embeddings', 'yes'],
    ['bos_token_id', '1'],
    ['eos_token_id', [2, 1.5]],
    ['eos_token_id', 324],
    ['pad_token_id', 9999],
  ])('with "%s": %j is refused by key and value', (key, value) => {
    const message = messageOf(() => read({ [key]: value }))
    expect(message).toContain(`"${key}"`)
    expect(message).toContain(value === undefined ? 'not there' : JSON.stringify(value))
  })

  it('whose heads do not fit is refused with the numbers', () => {
    expect(messageOf(() => read({ hidden_size: 66 }))).toContain('66 is not a multiple of "num_attention_heads" 4')
    expect(messageOf(() => read({ hidden_size: 66, head_dim: null }))).toContain('66 is not a multiple')
    expect(messageOf(() => read({ num_key_value_heads: 3 }))).toContain('4 is not a multiple')
    expect(messageOf(() => read({ head_dim: 15 }))).toContain('15')
  })

  it.each(['', '{', '[]', 'null', '3', '"text"'])('that holds %j is refused as no JSON object', (text) => {
    write(text)
    expect(messageOf(() => readModelConfig(folder))).toContain('not a JSON object')
  })

  it('that is not there or is a folder is refused by its path', () => {
    expect(messageOf(() => readModelConfig(folder))).toContain(join(folder, 'config.json'))
    mkdirSync(join(folder, 'config.json'))
    expect(messageOf(() => readModelConfig(folder))).toContain('EISDIR')
  })

  it('with any value under any key is read or refused, and never breaks', () => {
    const keys = fc.constantFrom(...Object.keys(right), 'head_dim', 'rope_parameters', 'rope_scaling', 'hidden_act')
    fc.assert(
      fc.property(keys, fc.jsonValue(), (key, value) => {
        write(JSON.stringify({ ...right, [key]: value }))
        try {
          const { heads, kvHeads, headDim } = readModelConfig(folder)
          expect([heads % kvHeads, headDim % 2]).toEqual([0, 0])
        } catch (error) {
          expect(error).toBeInstanceOf(GpoError)
        }
      }),
      { seed: 11, numRuns: 400 },
    )
  })
})
