import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeSafetensors } from '@main/formats/safetensors-writer'
import { expectedWeights, inspectWeights, loadWeights } from '@main/formats/weights'
import { GpoError } from '@shared/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { randomWeights, tinyConfig, tinyShapes } from '../../support/tiny-model'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gpo-weights-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const EMBEDDING = 'model.embed_tokens.weight'
const right = randomWeights()
const filled = (shape: number[], value = 0.5) => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
})

function load(change: (weights: Map<string, { shape: number[]; data: Float32Array }>) => void, config = tinyConfig) {
  const weights = new Map(right)
  change(weights)
  const tensors = [...weights].map(([name, tensor]) => ({ name, ...tensor }))
  writeSafetensors(join(folder, 'model.safetensors'), tensors, 'F32')
  return loadWeights(folder, config)
}

describe('the weights of a model', () => {
  it('have the names and shapes of a Llama checkpoint', () => {
    expect(Object.fromEntries(expectedWeights(tinyConfig))).toEqual(tinyShapes())
    const untied = expectedWeights({ ...tinyConfig, tieWordEmbeddings: false })
    expect(untied.get('lm_head.weight')).toEqual([24, 16])
    expect(untied.size).toBe(tinyConfig.layers * 9 + 3)
  })

  it('are loaded as they were written', () => {
    const loaded = load(() => undefined)
    expect([...loaded.keys()].sort()).toEqual([...right.keys()].sort())
    for (const [name, { shape, data }] of right) expect(loaded.get(name)).toEqual({ shape, data })
  })

  it('may have rotary tables and a copy of a tied head beside them, which are left out', () => {
    const loaded = load((weights) => {
      weights.set('model.layers.0.self_attn.rotary_emb.inv_freq', filled([2]))
      weights.set('lm_head.weight', weights.get('model.embed_tokens.weight')!)
    })
    expect(loaded.size).toBe(right.size)
  })

  const withHead = (head: { shape: number[]; data: Float32Array }, config = tinyConfig) =>
    load((weights) => weights.set('lm_head.weight', head), config)

  it.each([
    ['other numbers', () => filled([24, 16])],
    ['another last number', () => ({ shape: [24, 16], data: right.get(EMBEDDING)!.data.with(24 * 16 - 1, 9) })],
    ['more rows', () => filled([25, 16])],
    ['another width', () => filled([24, 8])],
  ])('with a tied head that has %s are refused with the way on', (_, head) => {
    expect(() => withHead(head())).toThrow(/lm_head\.weight has .*"tie_word_embeddings" to false/)
    expect(() => inspectWeights(folder, tinyConfig)).toThrow(/lm_head\.weight has/)
  })

  it('with a separate head are read if the config does not tie it', () => {
    const own = withHead(filled([24, 16]), { ...tinyConfig, tieWordEmbeddings: false })
    expect(own.get('lm_head.weight')?.data[0]).toBe(0.5)
  })

  it('of another shape are refused with both shapes', () => {
    const swap = () => load((weights) => weights.set('model.layers.1.mlp.gate_proj.weight', filled([16, 24])))
    expect(swap).toThrow(GpoError)
    expect(swap).toThrow('model.layers.1.mlp.gate_proj.weight has the wrong shape: expected [24, 16]')
    expect(swap).toThrow('found [16, 24]')
  })

  it('that are missing are refused by name', () => {
    const without = () => load((weights) => weights.delete('model.layers.0.self_attn.k_proj.weight'))
    expect(without).toThrow(GpoError)
    expect(without).toThrow('model.layers.0.self_attn.k_proj.weight is missing')
    expect(() => load(() => undefined, { ...tinyConfig, tieWordEmbeddings: false })).toThrow('lm_head.weight')
  })

  it('are checked whole before any is read: a shape is reported before a value that is not a number', () => {
    load(() => undefined)
    const path = join(folder, 'model.safetensors')
    const bytes = readFileSync(path)
    bytes.fill(0xff, 8 + Number(bytes.readBigUInt64LE(0)))
    writeFileSync(path, bytes)
    expect(() => loadWeights(folder, tinyConfig)).toThrow('model.embed_tokens.weight holds NaN at index 0')
    expect(() => loadWeights(folder, { ...tinyConfig, layers: 3 })).toThrow('layers.2')
    expect(() => loadWeights(folder, { ...tinyConfig, intermediateSize: 32 })).toThrow('wrong shape')
  })

  it('that the computation has no place for are refused: leaving them out would give other answers', () => {
    const bias = () => load((weights) => weights.set('model.layers.0.self_attn.q_proj.bias', filled([16])))
    expect(bias).toThrow(GpoError)
    expect(bias).toThrow('model.layers.0.self_attn.q_proj.bias')
  })
})
