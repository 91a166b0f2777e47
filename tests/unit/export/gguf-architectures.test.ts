/** What a GGUF file says of each family, and which models llama.cpp would compute otherwise. */
import { architectureOf, contextOf, ownMetadata } from '@main/export/gguf/architectures'
import { ggufTensors } from '@main/export/gguf/tensors'
import { describe, expect, it } from 'vitest'
import { ARCHITECTURE_CONFIGS, randomWeightsOf, readConfig } from '../../support/architectures'

const config = (name: string, changes: object = {}) => readConfig({ ...ARCHITECTURE_CONFIGS[name], ...changes })
const keys = (name: string, changes: object = {}) =>
  Object.fromEntries(ownMetadata(config(name, changes)).map(([key, { value }]) => [key, value]))

const GEMMA3 = { num_hidden_layers: 7, sliding_window_pattern: 6, query_pre_attn_scalar: 6 }
const GEMMA2 = { query_pre_attn_scalar: 6 }

describe('GGUF of the families', () => {
  it('names the numbers that llama.cpp reads', () => {
    expect(keys('gemma 3', GEMMA3)).toEqual({ 'gemma3.attention.sliding_window': 4 })
    expect(keys('gemma 2', GEMMA2)).toEqual({
      'gemma2.attention.sliding_window': 4,
      'gemma2.attn_logit_softcapping': 1.5,
      'gemma2.final_logit_softcapping': 3.5,
    })
    expect(keys('granite')).toEqual({
      'granite.attention.scale': 0.3,
      'granite.embedding_scale': 3.5,
      'granite.residual_scale': 0.4,
      'granite.logit_scale': 2.5,
    })
    expect(keys('phi 4 mini')).toMatchObject({ 'phi3.rope.scaling.original_context_length': 16 })
  })

  it('ends the context where a window would begin to hide, but for Gemma', () => {
    expect(contextOf(config('gemma 3', GEMMA3))).toBe(64)
    expect(contextOf(config('mistral'))).toBe(5)
    expect(contextOf(config('phi 3 with a window'))).toBe(4)
    expect(contextOf(config('olmo 2'))).toBe(64)
  })

  it('has norms by 1 + w as w, and both lists of longrope', () => {
    const gemma = config('gemma 3', GEMMA3)
    const weights = randomWeightsOf(gemma)
    const listed = Object.entries(weights).map(([name, tensor]) => ({ name, ...tensor }))
    const found = ggufTensors(gemma, listed).find(({ name }) => name === 'blk.0.post_ffw_norm.weight')!
    const own = weights['model.layers.0.post_feedforward_layernorm.weight']!.data
    expect([...found.data]).toEqual([...own.map((x) => x + 1)])
    const phi = ggufTensors(config('phi 4 mini'), [])
    expect(phi.map(({ name, data }) => [name, [...data]])).toEqual([
      ['rope_factors_long.weight', [1.25, 20, 40]],
      ['rope_factors_short.weight', [1, 1.5, 2.5]],
    ])
  })

  it.each([
    ['gemma 3', { ...GEMMA3, sliding_window_pattern: 3 }, /layer_types/],
    ['gemma 3', { ...GEMMA3, rope_local_base_freq: 5000 }, /base 10000 there, not 5000/],
    ['gemma 3', { ...GEMMA3, final_logit_softcapping: 30.5 }, /final_logit_softcapping/],
    ['gemma 3', { ...GEMMA3, query_pre_attn_scalar: 7 }, /query_pre_attn_scalar/],
    ['gemma 2', { ...GEMMA2, attn_logit_softcapping: null }, /always capped/],
    ['gemma 2', { ...GEMMA2, layer_types: ['full_attention', 'sliding_attention'] }, /layer_types/],
  ])('refuses %s with %j', (name, changes, words) => {
    expect(() => architectureOf(config(name, changes))).toThrow(words)
  })
})
