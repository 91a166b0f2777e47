/**
 * Exported GGUF files in llama.cpp, an independent implementation: it must load them, cut text into the same tokens, continue with the same
 * tokens and give the same logits; with an exported adapter beside the file, those of the adapted model. Skipped where node-llama-cpp is not
 * installed (GPO_ORACLES names a folder that has it in its node_modules; `.ci/run` makes one).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBackend } from '@engine/devices/choose'
import { forward, head } from '@engine/model/llama'
import { LORA_SCALE } from '@engine/model/lora'
import { createSampler } from '@engine/rollout/sampler'
import type { Backend } from '@engine/tensor/backend'
import type { Tensors } from '@engine/tensor/tensors'
import type { Tensor2D } from '@engine/tensor/tf'
import { exportGgufAdapter } from '@main/export/gguf/adapter'
import { exportGguf } from '@main/export/gguf/export'
import { adapterTensors, type LoraConfig, loraScale } from '@main/formats/adapter-shapes'
import { loadTokenizer } from '@main/text/tokenizer/tokenizer'
import { LORA_TARGETS } from '@shared/schemas/plan'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { randomTensor } from '../support/architectures'
import { bundledSource, GGUF_NAMES, randomPrompts, randomSource, type Source } from '../support/gguf-sources'
import { isLlamaCppInstalled, type LlamaModel, llamaModels } from '../support/llama-cpp'
import { noteOracle, relativeDifference } from '../support/oracle-values'

const skipped = isLlamaCppInstalled ? '' : ' (skipped: node-llama-cpp is not installed)'

const PROMPTS = 20
const NEW_TOKENS = 50
/** Of the random models. */
const FEWER_PROMPTS = 4

let open: (path: string, lora?: string) => Promise<LlamaModel>
/** A new one for every model: a backend knows a program by its name, and models differ in constants that it does not see. */
let backend: Backend
let folder = ''

beforeAll(async () => {
  if (!isLlamaCppInstalled) return
  folder = mkdtempSync(join(tmpdir(), 'gpo-gguf-'))
  open = await llamaModels()
})
afterAll(() => {
  if (isLlamaCppInstalled) rmSync(folder, { recursive: true })
})

beforeEach(async () => {
  if (isLlamaCppInstalled) backend = await openBackend('onnx')
})
afterEach(() => backend?.close())

const newFile = () => join(mkdtempSync(join(folder, 'file-')), 'out.gguf')

function written(source: Source, type: 'F32' | 'F16' | 'Q8_0'): string {
  const out = newFile()
  exportGguf({ sourceFolder: source.folder, name: 'test', tensors: source.tensors, out, type })
  return out
}

/** An adapter on every matrix: its tensors, and the scale that they need. */
function adapterOf({ config }: Source, adaptation: LoraConfig): Source['tensors'] {
  const tensors = [...adapterTensors(config, adaptation)].map(([name, shape], t) => ({
    name,
    ...randomTensor(shape, 300 + t, 0.2),
  }))
  return [...tensors, { name: LORA_SCALE, shape: [], data: Float32Array.of(loraScale(adaptation)) }]
}

const paramsOf = ({ tensors }: Pick<Source, 'tensors'>) =>
  Object.fromEntries(tensors.map(({ name, shape, data }) => [name, backend.tensor(data, shape)]))

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

/** Our logits after each token, [T, V]. */
async function logitsHere(source: Source, ids: readonly number[]): Promise<Float32Array> {
  const program = backend.program(`logits ${ids.length}`, (inputs: { params: Tensors; ids: Tensor2D }) => {
    const { params } = inputs
    return { logits: head(source.config, params, forward(source.config, params, inputs.ids).hidden) }
  })
  const inputs = { params: paramsOf(source), ids: backend.tensor(Int32Array.from(ids), [1, ids.length]) }
  return ((await backend.read((await program.run(inputs)).logits)) as Float32Array).slice()
}

const flat = (rows: readonly Float32Array[]) => Float32Array.from(rows.flatMap((row) => [...row]))
const best = (logits: Float32Array) => logits.indexOf(Math.max(...logits))

/** llama.cpp goes on with the same tokens as we do, and its logits after each are ours. @returns the largest relative difference */
async function compareWithLlamaCpp(source: Source, there: LlamaModel, prompts: number): Promise<number> {
  const starts = randomPrompts(prompts, source.config.vocabSize)
  const here = await continueHere(source, starts, STOP)
  for (const [i, start] of starts.entries()) {
    const next = await there.logits([...start, ...here[i]!.slice(0, -1)], start.length - 1)
    expect(next.map(best)).toEqual(here[i])
  }
  const ids = [...starts[0]!, ...here[0]!]
  return relativeDifference(await logitsHere(source, ids), flat(await there.logits(ids)))
}

const STOP = 2

/** llama.cpp has GELU in a table of half-precision numbers. */
const toleranceOf = ({ config }: Source) => (config.activation === 'gelu' ? 1e-3 : 1e-4)

const RANK_STABILISED: LoraConfig = {
  ...{ kind: 'lora', r: 3, alpha: 4, rslora: true, dropout: 0, base: 'float32' },
  targets: [...LORA_TARGETS],
}

/** llama.cpp's threads wait by spinning: on a busy machine a test takes many times as long. */
const PATIENCE = { timeout: 300_000 }

describe.skipIf(!isLlamaCppInstalled)(`exported GGUF files in llama.cpp${skipped}`, PATIENCE, () => {
  test('the bundled model: the same greedy continuations in F32', async () => {
    const source = bundledSource()
    const there = await open(written(source, 'F32'))
    expect(await compareWithLlamaCpp(source, there, PROMPTS)).toBeLessThan(1e-4)
    await there.dispose()
  })

  test.each(GGUF_NAMES)('%s: the same greedy continuations and logits in F32', async (name) => {
    const source = randomSource(folder, name)
    const there = await open(written(source, 'F32'))
    const difference = await compareWithLlamaCpp(source, there, FEWER_PROMPTS)
    noteOracle('gguf', name, difference)
    expect(difference).toBeLessThan(toleranceOf(source))
    await there.dispose()
  })

  test.each(GGUF_NAMES)('%s: the same with an adapter beside it', async (name) => {
    const source = randomSource(folder, name)
    const base = written(source, 'F32')
    const tensors = adapterOf(source, RANK_STABILISED)
    const adapted = { ...source, tensors: [...source.tensors, ...tensors] }
    const out = newFile()
    const named = tensors.filter(({ name }) => name !== LORA_SCALE)
    exportGgufAdapter({ config: source.config, name, adaptation: RANK_STABILISED, tensors: named, out, type: 'F32' })
    const there = await open(base, out)
    const difference = await compareWithLlamaCpp(adapted, there, FEWER_PROMPTS)
    noteOracle('gguf-adapter', name, difference)
    expect(difference).toBeLessThan(toleranceOf(source))
    const [ids] = randomPrompts(1, source.config.vocabSize)
    const plain = await logitsHere(source, [...ids!])
    expect(relativeDifference(plain, flat(await there.logits([...ids!])))).toBeGreaterThan(0.05) // it does something
    await there.dispose()
  })

  test('cuts text into the same tokens', async () => {
    const source = bundledSource()
    const there = await open(written(source, 'F32'))
    const tokenizer = loadTokenizer(source.folder)
    for (const text of [
      'a=24;b=a-3;c=b+40?\n',
      'Ann,Bob;Bob cup;Ann-Bob?\n',
      'not (true and false)\n\n  x',
      'größer 北京 🙂',
    ])
      expect([...there.tokenize(text)]).toEqual([...tokenizer.encode(text, { addSpecialTokens: false })])
    await there.dispose()
  })

  test.each([
    ['F32', 1e-4],
    ['F16', 1e-3],
    ['Q8_0', 0.02],
  ] as const)('%s: logits within %d of the largest', async (type, tolerance) => {
    const source = bundledSource()
    const tokenizer = loadTokenizer(source.folder)
    const text = 'a=24;b=a-3;c=b+40?\nb=24-3=21\nc=21+40=61\n#### 61\n'
    const ids = [...tokenizer.encode(text, { addSpecialTokens: false })]
    const there = await open(written(source, type))
    expect(relativeDifference(await logitsHere(source, ids), flat(await there.logits(ids)))).toBeLessThan(tolerance)
    await there.dispose()
  })

  test.each([
    ['F16', 1e-3],
    ['BF16', 1e-2],
  ] as const)('an adapter in %s: logits within %d of the largest', async (type, tolerance) => {
    const source = randomSource(folder, 'llama')
    const tensors = adapterOf(source, RANK_STABILISED)
    const adapted = { ...source, tensors: [...source.tensors, ...tensors] }
    const out = newFile()
    const named = tensors.filter(({ name }) => name !== LORA_SCALE)
    exportGgufAdapter({ config: source.config, name: '', adaptation: RANK_STABILISED, tensors: named, out, type })
    const there = await open(written(source, 'F32'), out)
    const [ids] = randomPrompts(1, source.config.vocabSize)
    const difference = relativeDifference(await logitsHere(adapted, [...ids!]), flat(await there.logits([...ids!])))
    expect(difference).toBeLessThan(tolerance)
    await there.dispose()
  })
})
