/**
 * Exported GGUF files in llama.cpp, an independent implementation: it must load them, cut text into the same tokens, continue with the same
 * tokens and give the same log-probabilities. Skipped where node-llama-cpp is not installed (GPO_ORACLES names a folder that has it in its
 * node_modules; `.ci/run` makes one).
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openBackend } from '@engine/devices/choose'
import { forward, head } from '@engine/model/llama'
import { createSampler } from '@engine/rollout/sampler'
import type { Backend } from '@engine/tensor/backend'
import type { Tensors } from '@engine/tensor/tensors'
import { type Tensor2D, tf } from '@engine/tensor/tf'
import { exportGguf } from '@main/export/gguf/export'
import { type ModelConfig, readModelConfig } from '@main/formats/model-config'
import { openSafetensors } from '@main/formats/safetensors'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ARCHITECTURE_CONFIGS, randomWeightsOf } from '../support/architectures'

const root = resolve(import.meta.dirname, '../..')
const bundled = join(root, 'resources/models/tiny')
const home = process.env['GPO_ORACLES'] ?? root
const isInstalled = existsSync(join(home, 'node_modules/node-llama-cpp/package.json'))
const skipped = isInstalled ? '' : ' (skipped: node-llama-cpp is not installed)'

/** The part of node-llama-cpp that is used. */
interface Sequence {
  controlledEvaluate(
    input: readonly (number | [number, { generateNext: { probabilities: true } }])[],
  ): Promise<readonly ({ next: { probabilities?: Map<number, number> } } | undefined)[]>
  clearHistory(): Promise<void>
}
interface LlamaModel {
  readonly vocabularyType: string
  tokenize(text: string): readonly number[]
  createContext(options: object): Promise<{ getSequence(): Sequence; dispose(): Promise<void> }>
  dispose(): Promise<void>
}
interface Llama {
  loadModel(options: { modelPath: string }): Promise<LlamaModel>
}

const PROMPTS = 20
const NEW_TOKENS = 50
/** Of the random models. */
const FEWER_PROMPTS = 4

let llama: Llama
/** A new one for every model: a backend knows a program by its name, and models differ in constants that it does not see. */
let backend: Backend
let folder = ''

beforeAll(async () => {
  if (!isInstalled) return
  folder = mkdtempSync(join(tmpdir(), 'gpo-gguf-'))
  const entry = createRequire(join(home, 'package.json')).resolve('node-llama-cpp')
  const { getLlama } = await import(/* @vite-ignore */ pathToFileURL(entry).href)
  llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error', progressLogs: false })
})
afterAll(() => {
  if (isInstalled) rmSync(folder, { recursive: true })
})

beforeEach(async () => {
  if (isInstalled) backend = await openBackend('onnx')
})
afterEach(() => backend?.close())

interface Source {
  readonly folder: string
  readonly config: ModelConfig
  readonly tensors: { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array }[]
}

/** Positions that a window hides are not computed in llama.cpp but for Gemma; which layers have one, and how queries are scaled, is fixed there. */
const NO_WINDOW = { sliding_window: null }
const GEMMA3 = { layer_types: null, num_hidden_layers: 7, sliding_window_pattern: 6, query_pre_attn_scalar: 6 }
const CHANGED: Readonly<Record<string, object>> = {
  mistral: NO_WINDOW,
  qwen2: NO_WINDOW,
  'qwen3 with a window in its last layer': { use_sliding_window: false },
  'phi 3 with a window': NO_WINDOW,
  'gemma 3': GEMMA3,
  'gemma 2': { query_pre_attn_scalar: 6 },
  'phi 4 mini': { original_max_position_embeddings: 256, max_position_embeddings: 1024 },
}

/** A random model of an architecture with the bundled tokenizer. */
function randomSource(json: object, name: string): Source {
  const at = mkdtempSync(join(folder, `${name.replace(/\W+/g, '-')}-`))
  for (const file of ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json'])
    copyFileSync(join(bundled, file), join(at, file))
  const wider = { ...json, vocab_size: 324, max_position_embeddings: 256, hidden_size: 32, ...CHANGED[name] }
  writeFileSync(join(at, 'config.json'), JSON.stringify(wider))
  const config = readModelConfig(at)
  const tensors = Object.entries(randomWeightsOf(config)).map(([name, tensor]) => ({ name, ...tensor }))
  return { folder: at, config, tensors }
}

function bundledSource(): Source {
  const file = openSafetensors(bundled)
  const tensors = file.names.map((name) => ({ name, shape: file.info(name).shape, data: file.read(name) }))
  file.close()
  return { folder: bundled, config: readModelConfig(bundled), tensors }
}

async function load(source: Source, type: 'F32' | 'F16' | 'Q8_0') {
  const out = join(mkdtempSync(join(folder, 'file-')), 'model.gguf')
  exportGguf({ sourceFolder: source.folder, name: 'test', tensors: source.tensors, out, type })
  const model = await llama.loadModel({ modelPath: out })
  const context = await model.createContext({
    contextSize: 256,
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
  })
  return { model, sequence: context.getSequence(), close: () => context.dispose().then(() => model.dispose()) }
}

const paramsOf = ({ tensors }: Source) =>
  Object.fromEntries(tensors.map(({ name, shape, data }) => [name, backend.tensor(data, shape)]))

const prompts = (count: number, vocabSize: number) =>
  Array.from({ length: count }, (_, p) =>
    Int32Array.from({ length: 6 + p }, (_, i) => 3 + ((31 * p + 17 * i) % (vocabSize - 3))),
  )

/** Our greedy continuations. */
async function continueHere(source: Source, starts: readonly Int32Array[], stop: number): Promise<number[][]> {
  const sampler = createSampler(backend, source.config)
  const params = paramsOf(source)
  const blocks = await sampler.prefill(params, starts)
  const requests = blocks.map((block, i) => ({
    start: { block, length: starts[i]!.length },
    seed: 1,
    maxNewTokens: NEW_TOKENS,
  }))
  const config = { temperature: 0, topK: 0, topP: 1, lanes: 32, stopTokens: [stop] }
  return (await sampler.sample(params, requests, config)).map(({ tokens }) => [...tokens])
}

/** What llama.cpp finds most probable after each token of a text from position `from` on. */
async function mostProbable(sequence: Sequence, ids: readonly number[], from: number): Promise<number[]> {
  await sequence.clearHistory()
  const input = ids.map((id, i): Parameters<Sequence['controlledEvaluate']>[0][number] =>
    i < from ? id : [id, { generateNext: { probabilities: true } }],
  )
  const found = await sequence.controlledEvaluate(input)
  return found.slice(from).map((one) => {
    const probabilities = [...(one?.next.probabilities ?? [])]
    return probabilities.reduce((best, entry) => (entry[1] > best[1] ? entry : best), [-1, -1])[0]
  })
}

const STOP = 2

/** llama.cpp's threads wait by spinning: on a busy machine a test takes many times as long. */
const PATIENCE = { timeout: 300_000 }

describe.skipIf(!isInstalled)(`exported GGUF files in llama.cpp${skipped}`, PATIENCE, () => {
  const names = [
    'bundled',
    ...Object.keys(ARCHITECTURE_CONFIGS).filter((name) => !name.includes('spelling') && !name.includes('capped')),
  ]
  test.each(names)('%s: the same greedy continuations in F32', async (name) => {
    const source = name === 'bundled' ? bundledSource() : randomSource(ARCHITECTURE_CONFIGS[name]!, name)
    const starts = prompts(name === 'bundled' ? PROMPTS : FEWER_PROMPTS, source.config.vocabSize)
    const here = await continueHere(source, starts, STOP)
    const { sequence, close } = await load(source, 'F32')
    for (const [i, start] of starts.entries()) {
      const next = await mostProbable(sequence, [...start, ...here[i]!.slice(0, -1)], start.length - 1)
      expect(next).toEqual(here[i])
    }
    await close()
  })

  test('cuts text into the same tokens', async () => {
    const { model, close } = await load(bundledSource(), 'F32')
    const tokenizer = loadTokenizer(bundled)
    for (const text of [
      'a=24;b=a-3;c=b+40?\n',
      'Ann,Bob;Bob cup;Ann-Bob?\n',
      'not (true and false)\n\n  x',
      'größer 北京 🙂',
    ])
      expect([...model.tokenize(text)]).toEqual([...tokenizer.encode(text, { addSpecialTokens: false })])
    await close()
  })

  test.each([
    ['F32', 1e-3],
    ['F16', 1e-2],
    ['Q8_0', 0.2],
  ] as const)('%s: log-probabilities within %d', async (type, tolerance) => {
    const source = bundledSource()
    const tokenizer = loadTokenizer(bundled)
    const ids = tokenizer.encode('a=24;b=a-3;c=b+40?\nb=24-3=21\nc=21+40=61\n#### 61\n', { addSpecialTokens: false })
    const program = backend.program(`score ${type}`, (inputs: { params: Tensors; ids: Tensor2D }) => {
      const { params } = inputs
      const { hidden } = forward(source.config, params, inputs.ids)
      return { logprobs: tf.logSoftmax(head(source.config, params, hidden)) }
    })
    const inputs = { params: paramsOf(source), ids: backend.tensor(ids, [1, ids.length]) }
    const here = (await backend.read((await program.run(inputs)).logprobs)) as Float32Array
    const { sequence, close } = await load(source, type)
    const found = await sequence.controlledEvaluate(
      [...ids].map((id) => [id, { generateNext: { probabilities: true } }]),
    )
    let worst = 0
    for (let i = 0; i + 1 < ids.length; i++) {
      const there = found[i]?.next.probabilities?.get(ids[i + 1]!)
      expect(there).toBeDefined()
      worst = Math.max(worst, Math.abs(Math.log(there!) - here[i * source.config.vocabSize + ids[i + 1]!]!))
    }
    expect(worst).toBeLessThan(tolerance)
    await close()
  })
})
