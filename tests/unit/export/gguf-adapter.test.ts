/** A LoRA adapter as llama.cpp reads it: names, rows, scale, size, and read back. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportGgufAdapter, ggufAdapterSize } from '@main/export/gguf/adapter'
import { exportGguf, ggufSize } from '@main/export/gguf/export'
import { adapterTensors, type LoraConfig } from '@main/formats/adapter-shapes'
import { readGgufAdapter } from '@main/formats/gguf/adapter'
import { openGguf } from '@main/formats/gguf/model'
import { LORA_TARGETS } from '@shared/schemas/plan'
import { afterAll, describe, expect, it } from 'vitest'
import { randomTensor, readConfig } from '../../support/architectures'
import { ggufBytes, string } from '../../support/gguf'
import { GGUF_NAMES, randomSource, type Source } from '../../support/gguf-sources'

const home = mkdtempSync(join(tmpdir(), 'gguf-adapter-'))
afterAll(() => rmSync(home, { recursive: true }))

const lora: LoraConfig = {
  ...{ kind: 'lora', r: 2, alpha: 6, rslora: false, dropout: 0, base: 'float32' },
  targets: [...LORA_TARGETS],
}
let files = 0
const newFile = () => join(home, `${files++}.gguf`)

const tensorsOf = ({ config }: Pick<Source, 'config'>, adaptation = lora) =>
  [...adapterTensors(config, adaptation)].map(([name, shape], t) => ({ name, ...randomTensor(shape, t, 0.2) }))

function write(source: Pick<Source, 'config'>, adaptation = lora, type: 'F32' | 'F16' = 'F32') {
  const out = newFile()
  const tensors = tensorsOf(source, adaptation)
  const about = { config: source.config, name: 'an adapter', adaptation, type }
  return { out, tensors, about, ...exportGgufAdapter({ ...about, tensors, out }) }
}

describe('an adapter in GGUF', () => {
  it('says what it is, with the names and shapes that llama.cpp expects', () => {
    const { out } = write(randomSource(home, 'qwen2'))
    const { metadata, tensors } = openGguf(out)
    expect(Object.fromEntries(metadata)).toEqual({
      'general.architecture': 'qwen2',
      'general.type': 'adapter',
      'general.name': 'an adapter',
      'general.file_type': 0,
      'adapter.type': 'lora',
      'adapter.lora.alpha': 6,
    })
    const parts = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down']
    const names = [0, 1].flatMap((layer) => parts.flatMap((part) => [`blk.${layer}.${part}.weight`]))
    expect([...tensors.keys()].sort()).toEqual(names.flatMap((name) => [`${name}.lora_a`, `${name}.lora_b`]).sort())
    expect(tensors.get('blk.1.ffn_down.weight.lora_a')!.shape).toEqual([2, 20])
    expect(tensors.get('blk.1.ffn_down.weight.lora_b')!.shape).toEqual([32, 2])
  })

  it('names the matrices of Phi-3 that hold several', () => {
    const { tensors } = openGguf(write(randomSource(home, 'phi 4 mini')).out)
    const parts = new Set([...tensors.keys()].map((name) => name.split('.')[2]))
    expect(parts).toEqual(new Set(['attn_qkv', 'attn_output', 'ffn_up', 'ffn_down']))
  })

  it('has the rows of B of rotated heads as the base has them: 0 2 1 3 in heads of 4, and no others', () => {
    const json = {
      ...{ architectures: ['LlamaForCausalLM'], vocab_size: 8, hidden_size: 8, intermediate_size: 4 },
      ...{ num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1, max_position_embeddings: 8 },
      rms_norm_eps: 1e-5,
    }
    const one: LoraConfig = { ...lora, r: 1, targets: ['q_proj', 'k_proj', 'v_proj'] }
    const config = readConfig(json)
    const out = newFile()
    const tensors = [...adapterTensors(config, one)].map(([name, shape]) => {
      return { name, shape, data: Float32Array.from({ length: Math.max(...shape) }, (_, i) => i) }
    })
    exportGgufAdapter({ config, name: '', adaptation: one, tensors, out, type: 'F32' })
    const bytes = storedIn(out)
    expect(bytes('blk.0.attn_q.weight.lora_b')).toEqual([0, 2, 1, 3, 4, 6, 5, 7])
    expect(bytes('blk.0.attn_k.weight.lora_b')).toEqual([0, 2, 1, 3])
    expect(bytes('blk.0.attn_v.weight.lora_b')).toEqual([0, 1, 2, 3])
    expect(bytes('blk.0.attn_q.weight.lora_a')).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('has an alpha that gives the rank-stabilised scale when llama.cpp divides it by the rank', () => {
    const { out } = write(randomSource(home, 'llama'), { ...lora, r: 4, rslora: true })
    expect(openGguf(out).metadata.get('adapter.lora.alpha')).toBe(12) // 6 / √4 · 4
  })

  it.each(GGUF_NAMES)('of %s has the size that was told before, and is read back as it was', (name) => {
    const source = randomSource(home, name)
    const { out, tensors, about, bytes, maxDifference } = write(source)
    expect(maxDifference).toBe(0)
    expect(ggufAdapterSize(about)).toEqual({ bytes, tensors: tensors.length })
    const read = readGgufAdapter(out, source.config)
    expect(read.alpha).toBe(6)
    expect(read.tensors).toEqual(new Map(tensors.map(({ name, shape, data }) => [name, { shape, data }])))
  })

  it('in F16 differs by rounding only', () => {
    const { maxDifference } = write(randomSource(home, 'llama'), lora, 'F16')
    expect(maxDifference).toBeGreaterThan(0)
    expect(maxDifference).toBeLessThan(2 ** -11)
  })

  it('is refused where llama.cpp would compute the base otherwise', () => {
    const config = { ...randomSource(home, 'gemma 2').config, attentionScale: 1 }
    expect(() => write({ config })).toThrow(/query_pre_attn_scalar/)
  })
})

/** The numbers of a tensor of a file, in the file's order. */
function storedIn(path: string) {
  const { tensors } = openGguf(path)
  return (name: string): number[] => {
    const place = tensors.get(name)!
    const bytes = readFileSync(path).subarray(place.begin, place.end)
    return [...new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))]
  }
}

describe('a file that is no adapter', () => {
  it.each([
    ['a model', [['general.architecture', string('llama')]], /has no adapter\.type "lora"/],
    [
      'another kind',
      [
        ['general.architecture', string('llama')],
        ['adapter.type', string('vera')],
      ],
      /no adapter\.type/,
    ],
  ] as const)('%s is refused', (_, metadata, words) => {
    const path = newFile()
    writeFileSync(path, ggufBytes({ metadata }))
    expect(() => readGgufAdapter(path, { heads: 1, kvHeads: 1 })).toThrow(words)
  })
})

it.each(GGUF_NAMES)('a whole model of %s has the size that was told before', (name) => {
  const { folder, tensors } = randomSource(home, name)
  const model = { sourceFolder: folder, name: 'a longer name', type: 'F16' } as const
  const { bytes } = exportGguf({ ...model, tensors, out: newFile() })
  expect(ggufSize(model)).toEqual({ bytes, tensors: tensors.length })
})
