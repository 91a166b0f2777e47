/**
 * A real model in GGUF beside transformers, which dequantises the same file (tests/parity/gguf_model.py), and beside llama.cpp, with the same file and
 * with what is exported of it: token ids, logits, greedy continuations and their log-probabilities. Skipped where a file is not in the cache:
 * `node scripts/fetch-real-model.mjs` brings it. GPO_REAL_MODELS=1 makes the comparisons that take minutes, too.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { exportGguf } from '@main/export/gguf/export'
import { DEFAULT_TEMPLATE } from '@main/formats/chat-templates'
import { loadWeights } from '@main/formats/weights'
import { loadChatTemplate, type RenderChat } from '@main/text/tokenizer/chat-template'
import { loadTokenizer, type Tokenizer } from '@main/text/tokenizer/tokenizer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isLlamaCppInstalled, llamaModels } from '../support/llama-cpp'
import { noteReal } from '../support/oracle-values'
import { compared, openRealModel, opinionOf, type RealModel, type Text } from '../support/real-model'

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
  /** Where the file has none. */
  readonly chatTemplate?: string
  readonly prompts: readonly Prompt[]
}

const NEW_TOKENS = 64

/** Of the largest of the compared numbers. */
const TOLERANCE = 1e-4

/** The comparisons that take minutes. */
const isPatient = process.env['GPO_REAL_MODELS'] !== undefined

const parity = resolve(import.meta.dirname, '../parity')
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'gpo-studio', 'real-models')
const goldens = ['smollm2', 'gemma3'].map((name): Golden => {
  return JSON.parse(readFileSync(join(parity, `gguf-${name}.golden.json`), 'utf8'))
})

let model: RealModel
let tokenizer: Tokenizer
let renderChat: RenderChat

async function open(file: string, chatTemplate: string | undefined): Promise<void> {
  tokenizer = loadTokenizer(file)
  const given = chatTemplate === undefined ? null : new Map([[DEFAULT_TEMPLATE, chatTemplate]])
  renderChat = (given && loadChatTemplate(file, given, { bos_token: '<bos>' })?.render) ?? tokenizer.renderChat
  model = await openRealModel(file)
}

const textOf = ({ text, isChat }: Prompt) =>
  isChat ? renderChat([{ role: 'user', content: text }], { addGenerationPrompt: true }) : text

const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs))
const distance = (a: readonly number[], b: readonly number[]) =>
  largest(a.map((value, i) => value - b[i]!)) / largest(b)

describe.each(goldens)('$file', ({ file, stride, chatTemplate, prompts }) => {
  const path = join(cache, file)
  const isThere = existsSync(path)
  beforeAll(() => (isThere ? open(path, chatTemplate) : undefined), 300_000)
  afterAll(() => (isThere ? model.close() : undefined))

  describe.skipIf(!isThere).each(prompts)('$text', { timeout: 300_000 }, (prompt) => {
    test('has the same tokens', () => {
      expect([...tokenizer.encode(textOf(prompt), { addSpecialTokens: !prompt.isChat })]).toEqual(prompt.ids)
    })

    const { logits, norms } = prompt
    if (!logits || !norms) return
    test('has the same logits', async () => {
      const found = await model.logits(prompt.ids)
      const { vocabSize } = model.config
      const rows = prompt.ids.map((_, i) => found.subarray(i * vocabSize, (i + 1) * vocabSize))
      const last = [...rows.at(-1)!].filter((_, token) => token % stride === 0)
      expect(last.length).toBe(logits.length)
      expect(distance(last, logits)).toBeLessThan(TOLERANCE)
      const lengths = rows.map((row) => Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0)))
      expect(distance(lengths, norms)).toBeLessThan(TOLERANCE)
    })
  })

  describe.skipIf(!isThere)('greedy texts', { timeout: 600_000 }, () => {
    let made: Promise<readonly Text[]> | undefined
    const texts = () => {
      const ids = prompts.map((prompt) => prompt.ids)
      made ??= model.texts(ids, NEW_TOKENS).then((all) => all.map((text, i) => ({ ...text, prompt: ids[i]! })))
      return made
    }

    test('are those of transformers, with the same log-probabilities', async () => {
      const own = await texts()
      expect(own.map(({ tokens }) => [...tokens])).toEqual(prompts.map(({ greedy }) => greedy))
      const known = new Map(prompts.map(({ ids, greedy, logprobs }) => [ids, { greedy, logprobs }]))
      const found = await compared(model, own, async ({ prompt }) => {
        const { greedy, logprobs } = known.get(prompt)!
        return greedy.map((best, t) => ({ best, logprob: logprobs[t]! }))
      })
      noteReal(file, 'transformers, the same file', found)
      expect(found.logprob).toBeLessThan(1e-3)
    })

    async function inLlamaCpp(gguf: string, what: string) {
      const there = await (await llamaModels())(gguf)
      const found = await compared(model, await texts(), opinionOf(there))
      await there.dispose()
      noteReal(file, `llama.cpp, ${what}`, found)
      return found
    }

    async function exported(type: 'F32' | 'F16') {
      const folder = mkdtempSync(join(tmpdir(), 'gpo-real-'))
      try {
        const out = join(folder, 'model.gguf')
        const tensors = [...loadWeights(path, model.config)].map(([name, tensor]) => ({ name, ...tensor }))
        exportGguf({ sourceFolder: path, name: 'test', tensors, out, type })
        return await inLlamaCpp(out, `exported in ${type}`)
      } finally {
        rmSync(folder, { recursive: true })
      }
    }

    test.skipIf(!isLlamaCppInstalled)('are those of an export in F32 in llama.cpp', async () => {
      const found = await exported('F32')
      expect(found.equal).toBe(found.texts)
      expect(found.logprob).toBeLessThan(1e-2)
    })

    // It multiplies with half precision, or with blocks of 8 bits: texts part where two tokens are nearly as probable.
    test.skipIf(!isLlamaCppInstalled || !isPatient)('are nearly those of an export in F16 in llama.cpp', async () => {
      const found = await exported('F16')
      expect(found.logprob).toBeLessThan(0.1)
      expect(found.gap).toBeLessThan(0.02)
    })
    test.skipIf(!isLlamaCppInstalled || !isPatient)('are nearly those of the file itself in llama.cpp', async () => {
      const found = await inLlamaCpp(path, 'the same file')
      expect(found.mean).toBeLessThan(0.1)
      expect(found.logprob).toBeLessThan(1)
      expect(found.gap).toBeLessThan(0.5)
    })
  })
})
