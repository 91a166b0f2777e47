import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { exportModel } from '@main/export/safetensors'
import { readModelConfig } from '@main/formats/model-config'
import { openSafetensors } from '@main/formats/safetensors'
import { loadWeights } from '@main/formats/weights'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { GpoError } from '@shared/errors'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeTinyModel } from '../../support/model-folder'

let folder = ''
let source = ''
let out = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gpo-export-'))
  source = writeTinyModel(join(folder, 'source'))
  out = join(folder, 'out')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The source's weights with one value moved, as training does. */
function trained(value = 0.1) {
  const weights = loadWeights(source, readModelConfig(source))
  const tensors = [...weights].map(([name, { shape, data }]) => ({ name, shape, data: data.slice() }))
  tensors[0]!.data[3] = value
  return tensors
}

const json = (name: string) => JSON.parse(readFileSync(join(out, name), 'utf8')) as Record<string, unknown>

function refused(act: () => unknown): GpoError {
  try {
    act()
  } catch (error) {
    if (error instanceof GpoError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('an exported model', () => {
  it('in F32 loads again with the same config, tokenizer and weights', () => {
    const tensors = trained()
    const { bytes, maxDifference } = exportModel({ sourceFolder: source, tensors, out, dtype: 'F32' })
    expect(maxDifference).toBe(0)
    const sizes = readdirSync(out).map((name) => readFileSync(join(out, name)).length)
    expect(bytes).toBe(sizes.reduce((a, b) => a + b, 0))
    expect(readModelConfig(out)).toEqual(readModelConfig(source))
    const weights = loadWeights(out, readModelConfig(out))
    for (const { name, shape, data } of tensors) expect(weights.get(name)).toEqual({ shape, data })
    const text = 'b=17+5=22;'
    expect(loadTokenizer(out).encode(text)).toEqual(loadTokenizer(source).encode(text))
    for (const name of ['tokenizer.json', 'generation_config.json'])
      expect(readFileSync(join(out, name))).toEqual(readFileSync(join(source, name)))
  })

  it.each([
    ['F32', 'float32', 0, 0],
    ['F16', 'float16', 1e-9, 2 ** -11],
    ['BF16', 'bfloat16', 1e-9, 2 ** -8],
  ] as const)('in %s says %s in its config and differs by rounding only', (dtype, torchDtype, least, most) => {
    const tensors = trained()
    const largest = Math.max(...tensors.map(({ data }) => data.reduce((max, x) => Math.max(max, Math.abs(x)), 0)))
    const { maxDifference } = exportModel({ sourceFolder: source, tensors, out, dtype })
    expect(maxDifference).toBeGreaterThanOrEqual(least)
    expect(maxDifference).toBeLessThanOrEqual(most * 2 ** Math.floor(Math.log2(largest)))
    expect(json('config.json')['torch_dtype']).toBe(torchDtype)
    const file = openSafetensors(out)
    expect(new Set(file.names.map((name) => file.info(name).dtype))).toEqual(new Set([dtype]))
    file.close()
  })

  it('keeps what else its config says, and changes the dtype in its newer spelling too', () => {
    const config = JSON.parse(readFileSync(join(source, 'config.json'), 'utf8')) as object
    writeFileSync(join(source, 'config.json'), JSON.stringify({ ...config, dtype: 'float32', note: 'kept' }))
    exportModel({ sourceFolder: source, tensors: trained(), out, dtype: 'BF16' })
    expect(json('config.json')).toEqual({ ...config, note: 'kept', dtype: 'bfloat16', torch_dtype: 'bfloat16' })
  })

  it('larger than a shard is split, with an index, and loads the same', () => {
    const tensors = trained()
    exportModel({ sourceFolder: source, tensors, out, dtype: 'F32', shardBytes: 20_000 })
    const shards = readdirSync(out).filter((name) => name.endsWith('.safetensors'))
    expect(shards.length).toBeGreaterThan(1)
    expect(shards).not.toContain('model.safetensors')
    const total = tensors.reduce((sum, { data }) => sum + 4 * data.length, 0)
    expect(json('model.safetensors.index.json')['metadata']).toEqual({ total_size: total })
    const weights = loadWeights(out, readModelConfig(out))
    for (const { name, data } of tensors) expect(weights.get(name)?.data).toEqual(data)
  })

  it('may go into an empty folder, and leaves nothing beside it', () => {
    mkdirSync(out)
    exportModel({ sourceFolder: source, tensors: trained(), out, dtype: 'F32' })
    expect(readdirSync(folder).sort()).toEqual(['out', 'source'])
    expect(existsSync(join(out, 'model.safetensors'))).toBe(true)
  })
})

describe('an export is refused', () => {
  it('into a folder with files in it, or over a file, and nothing there is touched', () => {
    mkdirSync(out)
    writeFileSync(join(out, 'mine.txt'), 'mine')
    const error = refused(() => exportModel({ sourceFolder: source, tensors: trained(), out, dtype: 'F32' }))
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining('is not empty') })
    expect(readdirSync(out)).toEqual(['mine.txt'])
    const file = join(out, 'mine.txt')
    expect(refused(() => exportModel({ sourceFolder: source, tensors: trained(), out: file, dtype: 'F32' })).code).toBe(
      'usage',
    )
    expect(readFileSync(file, 'utf8')).toBe('mine')
    expect(
      refused(() => exportModel({ sourceFolder: source, tensors: trained(), out: source, dtype: 'F32' })).code,
    ).toBe('usage')
  })

  it.each([
    ['F16', 70_000, 'too large for F16'],
    ['F32', Number.NaN, 'NaN'],
  ] as const)('in %s with the value %d, and nothing is left behind', (dtype, value, what) => {
    const error = refused(() => exportModel({ sourceFolder: source, tensors: trained(value), out, dtype }))
    expect(error.code).toBe('model')
    expect(error.message).toContain(what)
    expect(error.message).toContain('at index 3')
    expect(readdirSync(folder)).toEqual(['source'])
  })

  it('from a folder without a config, and where no folder can be made', () => {
    const tensors = trained()
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const inFile = refused(() => exportModel({ sourceFolder: source, tensors, out: join(file, 'out'), dtype: 'F32' }))
    expect(inFile.code).toBe('storage')
    rmSync(join(source, 'config.json'))
    const error = refused(() => exportModel({ sourceFolder: source, tensors, out, dtype: 'F32' }))
    expect(error.message).toContain(resolve(source, 'config.json'))
    expect(existsSync(out)).toBe(false)
  })
})
