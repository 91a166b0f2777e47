/** What leaves a run whose base is a GGUF file. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportGguf, ggufSize } from '@main/export/gguf/export'
import { nextSteps } from '@main/export/next-steps'
import { exportModel } from '@main/export/safetensors'
import { mergedSize } from '@main/export/sizes'
import { readGgufHeader } from '@main/formats/gguf/header'
import { readModelConfig } from '@main/formats/model-config'
import { loadWeights } from '@main/formats/weights'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { afterAll, expect, test } from 'vitest'
import { writeTinyGguf } from '../../support/gguf-model'

const home = mkdtempSync(join(tmpdir(), 'gguf-base-'))
afterAll(() => rmSync(home, { recursive: true }))

const { file } = writeTinyGguf(home, 'F16')
const config = readModelConfig(file)
const tensors = [...loadWeights(file, config)].map(([name, tensor]) => ({ name, ...tensor }))
const TEXT = 'a=24;b=a-3 größer\n'

test('a merged model is a folder as any other, with the tokenizer made into files', () => {
  const out = join(home, 'merged')
  const { bytes, maxDifference } = exportModel({ sourceFolder: file, tensors, out, dtype: 'F32' })
  expect(readdirSync(out).sort()).toEqual([
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'tokenizer.json',
    'tokenizer_config.json',
  ])
  expect(maxDifference).toBe(0)
  expect(readModelConfig(out)).toEqual(config)
  expect(loadWeights(out, config)).toEqual(loadWeights(file, config))
  expect(loadTokenizer(out).encode(TEXT)).toEqual(loadTokenizer(file).encode(TEXT))
  expect(Math.abs(mergedSize(file, 'F32').bytes - bytes)).toBeLessThan(100) // but for the name of the dtype
})

test('a GGUF file keeps the tokenizer to the letter', () => {
  const out = join(home, 'again.gguf')
  exportGguf({ sourceFolder: file, name: 'small', tensors, out, type: 'F16' })
  const keys = (path: string) => [...readGgufHeader(path).metadata].filter(([key]) => key.startsWith('tokenizer.'))
  expect(keys(out)).toEqual(keys(file))
  expect(readModelConfig(out)).toEqual(config)
  expect(ggufSize({ sourceFolder: file, name: 'small', type: 'F16' }).tensors).toBe(tensors.length)
})

test('an adapter says how PEFT gets its base', () => {
  const [first] = nextSteps('adapter', { out: '/out', base: '/models/m.gguf', data: 'rows.jsonl' })
  expect(first?.code).toContain('from_pretrained("/models", gguf_file="m.gguf")')
})
