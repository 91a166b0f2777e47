/**
 * A real model in GGUF beside transformers, which dequantises the same file (tests/parity/gguf_model.py): token ids, logits and greedy continuations.
 * Skipped where a file is not in the cache: `node scripts/fetch-real-model.mjs` brings it.
 */
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { openBackend } from '@engine/devices/choose'
import { forward, head } from '@engine/model/llama'
import { createSampler } from '@engine/rollout/sampler'
import type { Backend, DeviceTensor } from '@engine/tensor/backend'
import type { Tensors } from '@engine/tensor/tensors'
import type { Tensor2D } from '@engine/tensor/tf'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { loadWeights } from '@main/formats/weights'
import { loadTokenizer, type Tokenizer } from '@main/text/tokenizer/tokenizer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

interface Prompt {
  readonly text: string
  readonly isChat: boolean
  readonly ids: readonly number[]
  /** Of the last position, of every so many tokens of the vocabulary. */
  readonly logits: readonly number[]
  /** Root of the sum of squares over the whole vocabulary, of every position. */
  readonly norms: readonly number[]
  readonly greedy: readonly number[]
}

interface Golden {
  readonly file: string
  readonly stride: number
  readonly prompts: readonly Prompt[]
}

/** Of the largest of the compared numbers. */
const TOLERANCE = 1e-4

const parity = resolve(import.meta.dirname, '../parity')
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'gpo-studio', 'real-models')
const goldens = ['smollm2', 'gemma3'].map((name): Golden => {
  return JSON.parse(readFileSync(join(parity, `gguf-${name}.golden.json`), 'utf8'))
})

let backend: Backend
let config: ModelConfig
let tokenizer: Tokenizer
let params: Record<string, DeviceTensor>

async function open(file: string): Promise<void> {
  config = readModelConfig(file)
  tokenizer = loadTokenizer(file)
  backend = await openBackend('onnx')
  const weights = loadWeights(file, config)
  params = Object.fromEntries([...weights].map(([name, { shape, data }]) => [name, backend.tensor(data, shape)]))
}

const textOf = ({ text, isChat }: Prompt) =>
  isChat ? tokenizer.renderChat([{ role: 'user', content: text }], { addGenerationPrompt: true }) : text

/** [T, V] */
async function logitsOf(ids: readonly number[]): Promise<Float32Array> {
  const program = backend.program(`logits of ${ids.length}`, (inputs: { params: Tensors; ids: Tensor2D }) => {
    const { hidden } = forward(config, inputs.params, inputs.ids)
    return { logits: head(config, inputs.params, hidden) }
  })
  const { logits } = await program.run({ params, ids: backend.tensor(Int32Array.from(ids), [1, ids.length]) })
  return (await backend.read(logits)) as Float32Array
}

const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs))
const distance = (a: readonly number[], b: readonly number[]) =>
  largest(a.map((value, i) => value - b[i]!)) / largest(b)

async function continuation(ids: readonly number[], tokens: number): Promise<number[]> {
  const sampler = createSampler(backend, config)
  const [block] = await sampler.prefill(params, [Int32Array.from(ids)])
  const request = { start: { block: block!, length: ids.length }, seed: 1, maxNewTokens: tokens }
  const settings = { temperature: 0, topK: 0, topP: 1, lanes: 1, stopTokens: [...config.eosTokenIds] }
  const [sampled] = await sampler.sample(params, [request], settings)
  return [...sampled!.tokens]
}

describe.each(goldens)('$file', ({ file, stride, prompts }) => {
  const path = join(cache, file)
  const isThere = existsSync(path)
  beforeAll(() => (isThere ? open(path) : undefined), 300_000)
  afterAll(() => (isThere ? backend.close() : undefined))

  describe.skipIf(!isThere).each(prompts)('$text', { timeout: 300_000 }, (prompt) => {
    test('has the same tokens', () => {
      expect([...tokenizer.encode(textOf(prompt), { addSpecialTokens: !prompt.isChat })]).toEqual(prompt.ids)
    })

    test('has the same logits', async () => {
      const logits = await logitsOf(prompt.ids)
      const rows = prompt.ids.map((_, i) => logits.subarray(i * config.vocabSize, (i + 1) * config.vocabSize))
      const last = [...rows.at(-1)!].filter((_, token) => token % stride === 0)
      expect(last.length).toBe(prompt.logits.length)
      expect(distance(last, prompt.logits)).toBeLessThan(TOLERANCE)
      const norms = rows.map((row) => Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0)))
      expect(distance(norms, prompt.norms)).toBeLessThan(TOLERANCE)
    })

    test('goes on with the same tokens', async () => {
      expect(await continuation(prompt.ids, prompt.greedy.length)).toEqual(prompt.greedy)
    })
  })
})
