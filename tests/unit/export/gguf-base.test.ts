/** What leaves a run whose base is a GGUF file. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cardBase } from '@main/export/card-base'
import { exportGguf, ggufSize } from '@main/export/gguf/export'
import { modelCard } from '@main/export/model-card'
import { nextSteps } from '@main/export/next-steps'
import { exportModel } from '@main/export/safetensors'
import { mergedSize } from '@main/export/sizes'
import { readGgufHeader } from '@main/formats/gguf/header'
import { readModelConfig } from '@main/formats/model-config'
import { loadWeights } from '@main/formats/weights'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { planSchema } from '@shared/schemas/plan'
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

test('a model card says what the file is', () => {
  const at = join(home, 'models--org--small-GGUF', 'snapshots', 'abc', 'small.gguf')
  mkdirSync(dirname(at), { recursive: true })
  copyFileSync(file, at)
  expect(cardBase(at)).toEqual({
    ...{ repository: 'org/small-GGUF', path: at, license: null },
    gguf: { name: 'small', type: 'F16' },
  })
  const cardOn = (path: string) => {
    const objective = { kind: 'dpo' }
    const plan = planSchema.parse({ model: { path }, data: { train: { path: 'rows.jsonl' } }, objective })
    const run = { id: 'abc', name: 'mine', iterations: 3, plan }
    const about = { environment: null, evaluations: [], iteration: 3, dtype: 'F32', version: '1.2.3' }
    return modelCard({ run, ...about, base: cardBase(path) })
  }
  expect(cardOn(at)).toContain(
    'GPO-DPO on `small`, the GGUF file `small.gguf` of org/small-GGUF (F16; its numbers as float32): the weights',
  )
  expect(cardOn(at)).toMatch(/^---\nbase_model: "org\/small-GGUF"\n/)
  expect(cardOn(file)).toContain(`| Base model | \`small\`, the GGUF file \`${file}\` (F16; its numbers as float32) |`)
})

test('an adapter as GGUF says which file llama.cpp needs, and how it is made of a folder', () => {
  const steps = (base: string) =>
    nextSteps('gguf-adapter', { out: '/out.gguf', base, data: '', run: '' }).map(({ code }) => code)
  expect(steps('/models/m.gguf')).toEqual(['llama-cli -m /models/m.gguf --lora /out.gguf'])
  expect(steps('/models/my model')).toEqual([
    "gpo export '/models/my model' --format gguf --dtype F16 --out base.gguf",
    'llama-cli -m base.gguf --lora /out.gguf',
  ])
})

test('an adapter says how PEFT gets its base', () => {
  const [first] = nextSteps('adapter', { out: '/out', base: '/models/m.gguf', data: 'rows.jsonl', run: 'r' })
  expect(first?.code).toContain('from_pretrained("/models", gguf_file="m.gguf")')
})
