/**
 * A real model in GGUF beside transformers, which dequantises the same file (tests/parity/gguf_model.py), and beside llama.cpp, with the same file and
 * with what is exported of it: token ids, logits, greedy continuations and their log-probabilities. Skipped where a file is not in the cache:
 * `node scripts/fetch-real-model.mjs` brings it.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openBackend } from '@engine/devices/choose'
import { forward, head } from '@engine/model/llama'
import { type Completion, createSampler } from '@engine/rollout/sampler'
import type { Backend, DeviceTensor } from '@engine/tensor/backend'
import type { Tensors } from '@engine/tensor/tensors'
import type { Tensor2D } from '@engine/tensor/tf'
import { exportGguf } from '@main/export/gguf/export'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { loadWeights } from '@main/formats/weights'
import { loadTokenizer, type Tokenizer } from '@main/text/tokenizer/tokenizer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isLlamaCppInstalled, llamaModels } from '../support/llama-cpp'
import { noteReal } from '../support/oracle-values'

interface Prompt {
  readonly text: string
  readonly isChat: boolean
  readonly ids: readonly number[]
  /** Of some prompts: of the last position, of every so many tokens of the vocabulary. */
  readonly logits?: readonly number[]
  /** Root of the sum of squares over the whole vocabulary, of every position. */
  readonly norms?: readonly number[]
  readonly greedy: readonly number[]
  /** Of each token of `greedy`. */
  readonly logprobs: readonly number[]
}

interface Golden {
  readonly file: string
  readonly stride: number
  readonly prompts: readonly Prompt[]
}

const NEW_TOKENS = 64
/** Of a prompt and its text. */
const LONGEST = 128

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

/** Greedy texts of every prompt, with the log-probability of each token. */
async function continuations(prompts: readonly Prompt[]) {
  const sampler = createSampler(backend, config)
  const blocks = await sampler.prefill(
    params,
    prompts.map(({ ids }) => Int32Array.from(ids)),
  )
  const requests = blocks.map((block, i) => ({
    ...{ start: { block, length: prompts[i]!.ids.length }, seed: 1, maxNewTokens: NEW_TOKENS },
  }))
  const settings = { temperature: 0, topK: 0, topP: 1, lanes: 32, stopTokens: [...config.eosTokenIds] }
  return sampler.sample(params, requests, settings)
}

/** Our log-probability of `ours` less that of `theirs`, after `ids`: filled up to one length, which changes nothing before. */
async function gapOf(ids: readonly number[], ours: number, theirs: number): Promise<number> {
  const filled = [...ids, ...Array<number>(LONGEST - ids.length).fill(0)]
  const logits = await logitsOf(filled)
  const at = (ids.length - 1) * config.vocabSize
  return logits[at + ours]! - logits[at + theirs]!
}

/** llama.cpp's opinion of each token of our texts. */
async function compareWithLlamaCpp(file: string, prompts: readonly Prompt[], ours: readonly Completion[]) {
  const open = await llamaModels()
  const model = await open(file)
  let [equal, tokens, logprob, sum, gap] = [0, 0, 0, 0, 0]
  for (const [i, { ids }] of prompts.entries()) {
    const own = ours[i]!
    const next = await model.next([...ids, ...own.tokens], ids.length - 1)
    for (const [t, one] of next.entries()) {
      const difference = Math.abs(one.logprob - own.logprobs[t]!)
      logprob = Math.max(logprob, difference)
      sum += difference
    }
    tokens += next.length
    const first = next.findIndex(({ best }, t) => best !== own.tokens[t])
    if (first < 0) equal++
    else {
      const before = [...ids, ...own.tokens.slice(0, first)]
      gap = Math.max(gap, await gapOf(before, own.tokens[first]!, next[first]!.best))
    }
  }
  await model.dispose()
  return { texts: prompts.length, equal, tokens, logprob, mean: sum / tokens, gap }
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

    const { logits, norms } = prompt
    if (!logits || !norms) return
    test('has the same logits', async () => {
      const found = await logitsOf(prompt.ids)
      const rows = prompt.ids.map((_, i) => found.subarray(i * config.vocabSize, (i + 1) * config.vocabSize))
      const last = [...rows.at(-1)!].filter((_, token) => token % stride === 0)
      expect(last.length).toBe(logits.length)
      expect(distance(last, logits)).toBeLessThan(TOLERANCE)
      const lengths = rows.map((row) => Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0)))
      expect(distance(lengths, norms)).toBeLessThan(TOLERANCE)
    })
  })

  describe.skipIf(!isThere)('greedy texts', { timeout: 600_000 }, () => {
    let made: Promise<readonly Completion[]> | undefined
    const texts = () => {
      made ??= continuations(prompts)
      return made
    }

    test('are those of transformers, with the same log-probabilities', async () => {
      const ours = await texts()
      expect(ours.map(({ tokens }) => [...tokens])).toEqual(prompts.map(({ greedy }) => greedy))
      const differences = prompts.flatMap(({ logprobs }, i) =>
        logprobs.map((x, t) => Math.abs(x - ours[i]!.logprobs[t]!)),
      )
      const tokens = differences.length
      const [logprob, mean] = [Math.max(...differences), differences.reduce((a, b) => a + b, 0) / tokens]
      noteReal(file, 'transformers, the same file', {
        texts: prompts.length,
        equal: prompts.length,
        tokens,
        logprob,
        mean,
        gap: 0,
      })
      expect(logprob).toBeLessThan(1e-3)
    })

    test.skipIf(!isLlamaCppInstalled)('of the file itself in llama.cpp', async () => {
      const found = await compareWithLlamaCpp(path, prompts, await texts())
      noteReal(file, 'llama.cpp, the same file', found)
      console.log(found)
    })

    test.skipIf(!isLlamaCppInstalled).each(['F32', 'F16'] as const)('of an export in %s in llama.cpp', async (type) => {
      const folder = mkdtempSync(join(tmpdir(), 'gpo-real-'))
      try {
        const out = join(folder, 'model.gguf')
        const tensors = [...loadWeights(path, config)].map(([name, tensor]) => ({ name, ...tensor }))
        exportGguf({ sourceFolder: path, name: 'test', tensors, out, type })
        const found = await compareWithLlamaCpp(out, prompts, await texts())
        noteReal(file, `llama.cpp, exported in ${type}`, found)
        console.log(found)
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  })
})
