/** Models of several files, and tensors that are not as a checkpoint has them. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openGguf } from '@main/formats/gguf/model'
import { openGgufTensors } from '@main/formats/gguf/reader'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { ggufBytes, string, type TensorBytes, uint, type Value } from '../../../support/gguf'

const root = mkdtempSync(join(tmpdir(), 'gguf-split-'))
afterAll(() => rmSync(root, { recursive: true }))

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(root, 'model-'))
})

const floats = (name: string, ...values: number[]): TensorBytes => ({
  name,
  shape: [values.length],
  type: 0,
  bytes: new Uint8Array(Float32Array.from(values).buffer),
})
const uint16 = (value: number): Value => ({ kind: 'uint16', value })
const int32 = (value: number): Value => ({ kind: 'int32', value })

const nameOf = (part: number, of = 2) => `m-0000${part}-of-0000${of}.gguf`

interface Part {
  readonly number?: number
  readonly count?: number
  readonly tensors?: number
  readonly holds?: readonly TensorBytes[]
}

function write(part: number, { number = part - 1, count = 2, tensors = 2, holds }: Part = {}): string {
  const path = join(folder, nameOf(part))
  const metadata = [
    ['general.architecture', string('llama')],
    ['split.no', uint16(number)],
    ['split.count', uint16(count)],
    ['split.tensors.count', int32(tensors)],
  ] as const
  writeFileSync(
    path,
    ggufBytes({ metadata, tensors: holds ?? [floats(`blk.${part - 1}.attn_norm.weight`, part, 2, 3)] }),
  )
  return path
}

describe('a model of several files', () => {
  it.each([1, 2])('is opened by its part %d', (part) => {
    const paths = [write(1), write(2)]
    const tensors = openGgufTensors(openGguf(paths[part - 1]!))
    expect(tensors.names).toEqual(['model.layers.0.input_layernorm.weight', 'model.layers.1.input_layernorm.weight'])
    expect(tensors.read('model.layers.0.input_layernorm.weight')).toEqual(Float32Array.of(1, 2, 3))
    expect(tensors.read('model.layers.1.input_layernorm.weight')).toEqual(Float32Array.of(2, 2, 3))
    tensors.close()
  })

  it('names the part that is missing', () => {
    expect(() => openGguf(write(1))).toThrow(`${nameOf(2)} is missing`)
  })
  it('names the part that was exchanged', () => {
    const path = write(1)
    write(2, { number: 0 })
    expect(() => openGguf(path)).toThrow('says it is file 1 of 2, its name says 2 of 2')
  })
  it('says what a part was called', () => {
    const path = write(2)
    renameSync(path, join(folder, 'renamed.gguf'))
    expect(() => openGguf(join(folder, 'renamed.gguf'))).toThrow('its name, which ended in -00002-of-00002.gguf')
  })
  it('has every tensor once', () => {
    const path = write(1)
    write(2, { holds: [floats('blk.0.attn_norm.weight', 1)] })
    expect(() => openGguf(path)).toThrow(`has blk.0.attn_norm.weight, which ${nameOf(1)} has as well`)
  })
  it('has all of its tensors', () => {
    const path = write(1, { tensors: 3 })
    write(2, { tensors: 3 })
    expect(() => openGguf(path)).toThrow('have 2 tensors together, expected 3')
  })
  it('is read again when a part changes', () => {
    const path = write(1)
    write(2)
    openGguf(path)
    write(2, { holds: [floats('blk.1.ffn_norm.weight', 5, 6, 7, 8)] })
    expect([...openGguf(path).tensors.keys()]).toEqual(['blk.0.attn_norm.weight', 'blk.1.ffn_norm.weight'])
  })
})

/** One file with these tensors. */
function single(
  architecture: string,
  tensors: readonly TensorBytes[],
  keys: readonly (readonly [string, Value])[] = [],
) {
  const path = join(folder, 'one.gguf')
  writeFileSync(path, ggufBytes({ metadata: [['general.architecture', string(architecture)], ...keys], tensors }))
  return openGgufTensors(openGguf(path))
}

describe('a tensor', () => {
  it("of Gemma's norms has what the converter added taken off", () => {
    const tensors = single('gemma3', [floats('blk.0.post_ffw_norm.weight', 1.5, 0.75), floats('output_norm.weight', 2)])
    expect(tensors.read('model.layers.0.post_feedforward_layernorm.weight')).toEqual(Float32Array.of(0.5, -0.25))
    expect(tensors.read('model.norm.weight')).toEqual(Float32Array.of(1))
    tensors.close()
  })
  it('of a type that is not dequantised is refused by its name', () => {
    const tensor = { name: 'blk.0.ffn_up.weight', shape: [1, 256], type: 16, bytes: new Uint8Array(66) }
    expect(() => single('llama', [tensor])).toThrow(
      'blk.0.ffn_up.weight is stored as IQ2_XXS, which cannot be read; F32, F16',
    )
  })
  it('with a value that is not finite is refused when it is read', () => {
    const tensors = single('llama', [floats('output_norm.weight', 1, Number.NaN)])
    expect(() => tensors.read('model.norm.weight')).toThrow('model.norm.weight holds NaN at index 1')
    tensors.close()
  })
  it('with rows that the heads cannot share is refused', () => {
    const keys = [['llama.attention.head_count', uint(3)]] as const
    const tensor = { name: 'blk.0.attn_q.weight', shape: [4, 1], type: 0, bytes: new Uint8Array(16) }
    expect(() => single('llama', [tensor], keys)).toThrow(
      'gives blk.0.attn_q.weight 4 rows, which 3 heads cannot share',
    )
  })
})
