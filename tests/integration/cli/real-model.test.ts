/**
 * A real model in GGUF, trained for a few steps from the terminal and exported in every way: what transformers, PEFT and llama.cpp make of each export.
 * It takes minutes: only with GPO_REAL_MODELS=1, and GPO_PYTHON, llama.cpp and the model.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import type { ScoreResult } from '@main/workers/results'
import { describe, expect, test } from 'vitest'
import { gpo, jsonLines, planOf, temporaryFolder, writePlan } from '../../support/gpo'
import { isLlamaCppInstalled, llamaModels } from '../../support/llama-cpp'
import { askOracle } from '../../support/oracle'
import { noteReal } from '../../support/oracle-values'
import { compared, type Opinion, openRealModel, opinionOf, type Text } from '../../support/real-model'

const python = process.env['GPO_PYTHON']
const SCRIPT = join(import.meta.dirname, '../../parity/real_exports.py')
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'gpo-studio', 'real-models')
const MODELS = ['SmolLM2-135M-Instruct.Q4_1.gguf', 'gemma-3-270m-q4_k_m.gguf']

/** The model learns to prefer capitals. */
const PAIRS = ['the sea', 'a red car', 'my old house', 'the last train'].map((text) => ({
  prompt: `Write about ${text}:\n`,
  chosen: `ONCE MORE, ${text.toUpperCase()}, AND AGAIN ${text.toUpperCase()}.`,
  rejected: `There is not much to say about ${text}.`,
}))
const PROMPTS = ['Write about the sea:\n', 'The capital of France is', '1, 1, 2, 3, 5, 8, 13,', 'A prime number is']
const NEW_TOKENS = 32

async function succeeds(home: string, ...args: readonly string[]) {
  const ended = await gpo(home, ...args)
  expect(ended.stderr).not.toMatch(/^gpo: /m)
  expect(ended.code).toBe(0)
  return ended
}

/** A few steps of DPO on adapters. */
async function train(home: string, path: string) {
  const rows = join(home, 'pairs.jsonl')
  writeFileSync(rows, PAIRS.map((row) => JSON.stringify(row)).join('\n'))
  const plan = planOf(rows, {
    objective: { kind: 'dpo' },
    model: { path },
    adaptation: { kind: 'lora', r: 8, alpha: 16, rslora: true },
    gpo: { criticalStep: 'none' },
    optimiser: { learningRate: 5e-4 },
    budget: { iterations: 4, promptsPerIteration: 4 },
  })
  await succeeds(home, 'train', writePlan(home, plan), '--json')
}

const EXPORTS = [
  ['merged', 'safetensors', 'F32'],
  ['peft', 'adapter', 'F32'],
  ['f16.gguf', 'gguf', 'F16'],
  ['q8.gguf', 'gguf', 'Q8_0'],
  ['lora.gguf', 'gguf-adapter', 'F32'],
  ['lora-f16.gguf', 'gguf-adapter', 'F16'],
] as const

/** Of a token's log-probability, and of the gap where a text first differs; 0: texts are equal. */
interface Bounds {
  readonly logprob: number
  readonly gap: number
}
const EXACT: Bounds = { logprob: 1e-3, gap: 0 }
const IN_LLAMA_CPP: Bounds = { logprob: 1e-2, gap: 0 }
/** llama.cpp multiplies with half precision. */
const HALF: Bounds = { logprob: 0.1, gap: 0.02 }
/** llama.cpp multiplies with blocks of 8 bits. */
const BLOCKS: Bounds = { logprob: 1, gap: 0.5 }

interface Asked {
  readonly best: readonly number[]
  readonly logprobs: readonly number[]
}

function askPython(request: object, texts: readonly Text[]): { folder: Opinion; adapter: Opinion } {
  const asked = { ...request, texts: texts.map(({ prompt, tokens }) => [prompt, [...tokens]]) }
  const answers = askOracle<Record<'folder' | 'adapter', Asked[]>>(python ?? '', SCRIPT, asked)
  const opinion =
    (asked: readonly Asked[]): Opinion =>
    async (text) => {
      const { best, logprobs } = asked[texts.indexOf(text)]!
      return best.map((one, t) => ({ best: one, logprob: logprobs[t]! }))
    }
  return { folder: opinion(answers.folder), adapter: opinion(answers.adapter) }
}

describe.each(MODELS)('%s, trained', (name) => {
  const base = join(cache, name)
  const isWanted = process.env['GPO_REAL_MODELS'] !== undefined
  const isReady = isWanted && existsSync(base) && python !== undefined && isLlamaCppInstalled

  test.skipIf(!isReady)(
    'exports are the same model in transformers, PEFT and llama.cpp',
    { timeout: 1_200_000 },
    async () => {
      const home = temporaryFolder()
      const at = (file: string) => join(home, file)
      await train(home, base)
      for (const [file, format, dtype] of EXPORTS)
        await succeeds(home, 'export', 'last', '--out', at(file), '--format', format, '--dtype', dtype)
      await succeeds(home, 'export', base, '--out', at('base.gguf'), '--format', 'gguf', '--dtype', 'F32')

      const tokenizer = loadTokenizer(at('merged'))
      const prompts = PROMPTS.map((text) => [...tokenizer.encode(text)])
      const here = await openRealModel(at('merged'))
      const texts = (await here.texts(prompts, NEW_TOKENS)).map((text, i) => ({ ...text, prompt: prompts[i]! }))
      const untrained = await openRealModel(base)
      const plain = await untrained.texts(prompts, NEW_TOKENS)
      await untrained.close()
      expect(plain.map(({ tokens }) => [...tokens])).not.toEqual(texts.map(({ tokens }) => [...tokens]))

      // The run itself, as the command scores it.
      const [completion] = texts.map(({ tokens }) => tokenizer.decode([...tokens]))
      const asked = ['score', '--model', 'last', '--prompt', PROMPTS[0]!, '--completion', completion!, '--json']
      const [score] = jsonLines<ScoreResult>(await succeeds(home, ...asked))
      expect(score!.tokens).toEqual([...prompts[0]!, ...texts[0]!.tokens])
      expect(Math.max(...score!.logprobs.map((x, t) => Math.abs(x - texts[0]!.logprobs[t]!)))).toBeLessThan(1e-3)

      const check = async (what: string, there: Opinion, bounds: Bounds) => {
        const found = await compared(here, texts, there)
        noteReal(name, `trained: ${what}`, found)
        expect(found.logprob, what).toBeLessThan(bounds.logprob)
        expect(found.gap, what).toBeLessThanOrEqual(bounds.gap)
        if (bounds.gap === 0) expect(found.equal, what).toBe(found.texts)
      }
      const { folder, adapter } = askPython({ folder: at('merged'), adapter: at('peft'), base }, texts)
      await check('folder in transformers', folder, EXACT)
      await check('adapter in PEFT', adapter, EXACT)
      const open = await llamaModels()
      const inLlamaCpp = async (what: string, bounds: Bounds, file: string, lora?: string) => {
        const model = await open(file, lora)
        await check(`${what} in llama.cpp`, opinionOf(model), bounds)
        await model.dispose()
      }
      await inLlamaCpp('GGUF adapter on the base in F32', IN_LLAMA_CPP, at('base.gguf'), at('lora.gguf'))
      await inLlamaCpp('GGUF adapter in F16 on the base in F32', HALF, at('base.gguf'), at('lora-f16.gguf'))
      await inLlamaCpp('GGUF adapter on the file itself', BLOCKS, base, at('lora.gguf'))
      await inLlamaCpp('GGUF in F16', HALF, at('f16.gguf'))
      await inLlamaCpp('GGUF in Q8_0', BLOCKS, at('q8.gguf'))
      await here.close()
    },
  )
})
