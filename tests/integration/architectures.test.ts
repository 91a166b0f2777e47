/**
 * Every architecture against transformers and PEFT: logits, greedy continuations, the gradients of a LoRA step and of full training. Their answers are
 * stored; GPO_PYTHON, a Python that has both, is asked again. With `UPDATE_GOLDEN=1` it writes them.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { linearLogProb } from '@engine/core/linear-logprob'
import { openBackend } from '@engine/devices/choose'
import { decode, type ForwardOptions, forward, head, headWeight, logitRules } from '@engine/model/llama'
import { LORA_SCALE } from '@engine/model/lora'
import { createSampler } from '@engine/rollout/sampler'
import type { Backend, DeviceTensor } from '@engine/tensor/backend'
import type { Tensors } from '@engine/tensor/tensors'
import { type Scalar, type Tensor, type Tensor1D, type Tensor2D, tf } from '@engine/tensor/tf'
import type { ModelConfig } from '@main/formats/model-config'
import { projectionName, projectionShapes } from '@main/formats/projections'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ARCHITECTURE_CONFIGS,
  type HostTensor,
  randomTensor,
  randomWeightsOf,
  readConfig,
} from '../support/architectures'
import { askOracle } from '../support/oracle'
import { noteOracle, relativeDifference } from '../support/oracle-values'

const SCRIPT = join(import.meta.dirname, '../parity/decoder.py')
const GOLDEN = join(import.meta.dirname, '../parity/decoder.golden.json')

const python = process.env['GPO_PYTHON']

const IDS = Array.from({ length: 2 }, (_, row) => Array.from({ length: 9 }, (_, i) => (7 * i + 5 * row + 3) % 19))
const SCALE = 0.5
/** How the script continues. */
const PROMPT = 5
const NEW_TOKENS = 12

/** On the first matrix of the first layer and the last of the second. */
function adaptersOf(config: ModelConfig, weights: Record<string, HostTensor>): Record<string, HostTensor> {
  const names = [...projectionShapes(config).keys()]
  const adapted = [projectionName(0, names[0]!), projectionName(1, names.at(-1)!)]
  return Object.fromEntries(
    adapted.flatMap((name, i) => {
      const [out, width] = weights[`${name}.weight`]!.shape as [number, number]
      return [
        [`${name}.lora_A.weight`, randomTensor([3, width], 100 + i, 0.3)],
        [`${name}.lora_B.weight`, randomTensor([out, 3], 200 + i, 0.3)],
      ]
    }),
  )
}

const CASES = Object.entries(ARCHITECTURE_CONFIGS).map(([name, json]) => {
  const config = readConfig(json)
  const weights = randomWeightsOf(config)
  return { name, json, config, weights, lora: adaptersOf(config, weights) }
})

interface Answer {
  readonly logits: readonly number[]
  readonly greedy: readonly (readonly number[])[]
  /** Of every weight's gradient, its length and its product with cos(0), cos(1), … */
  readonly weights: Readonly<Record<string, readonly [number, number]>>
  readonly loss: number
  readonly gradients: Readonly<Record<string, readonly number[]>>
}

function ask(): Record<string, Answer> {
  const plain = (tree: Record<string, HostTensor>) =>
    Object.fromEntries(Object.entries(tree).map(([name, { shape, data }]) => [name, { shape, data: [...data] }]))
  const cases = CASES.map(({ name, json, weights, lora }) => ({
    name,
    config: json,
    weights: plain(weights),
    lora: plain(lora),
    scale: SCALE,
    ids: IDS,
  }))
  return askOracle(python ?? '', SCRIPT, cases)
}

if (process.env['UPDATE_GOLDEN'] && python) writeFileSync(GOLDEN, `${JSON.stringify(ask())}\n`)
const golden: Record<string, Answer> = JSON.parse(readFileSync(GOLDEN, 'utf8'))

/** Within `relative` of the largest entry. @returns the difference */
function expectClose(found: ArrayLike<number>, expected: readonly number[], relative = 1e-4): number {
  const difference = relativeDifference(found, expected)
  expect(difference).toBeLessThan(relative)
  return difference
}

let backend: Backend
beforeAll(async () => {
  backend = await openBackend('onnx')
})
afterAll(() => backend.close())

const upload = (tree: Record<string, HostTensor>) =>
  Object.fromEntries(Object.entries(tree).map(([name, { shape, data }]) => [name, backend.tensor(data, shape)]))
const idTensor = () => backend.tensor(Int32Array.from(IDS.flat()), [2, 9])

interface GradientInput {
  frozen: Tensors
  moving: Tensors
  ids: Tensor2D
  targets: Tensor1D
}

/** Loss and gradients of what moves, of the mean next-token loss. */
async function gradientsOf(
  name: string,
  config: ModelConfig,
  frozen: Record<string, HostTensor>,
  moving: Record<string, HostTensor>,
  options: ForwardOptions = {},
) {
  const names = Object.keys(moving)
  const program = backend.program(name, ({ frozen, moving, ids, targets }: GradientInput) => {
    const loss = (...tensors: Tensor[]) => {
      const tree = { ...frozen, ...Object.fromEntries(names.map((one, i) => [one, tensors[i]!])) }
      const { hidden } = forward(config, { ...tree, [LORA_SCALE]: tf.scalar(SCALE) }, ids, options)
      const rows = tf.gather(
        hidden,
        tf.tensor1d([...Array(8).keys(), ...Array.from({ length: 8 }, (_, i) => i + 9)], 'int32'),
      )
      const weight = headWeight(config, tree) as Tensor2D
      return tf.neg(tf.mean(linearLogProb(rows as Tensor2D, weight, targets, logitRules(config, 1), 40))) as Scalar
    }
    const { value, grads } = tf.valueAndGrads(loss)(names.map((one) => moving[one]!))
    return { loss: value, grads: Object.fromEntries(names.map((one, i) => [one, grads[i]!])) }
  })
  const targets = backend.tensor(Int32Array.from(IDS.flatMap((row) => row.slice(1))), [16])
  const out = await program.run({ frozen: upload(frozen), moving: upload(moving), ids: idTensor(), targets })
  const read = async (tensor: DeviceTensor) => ((await backend.read(tensor)) as Float32Array).slice()
  const grads = Object.entries(out.grads).map(async ([one, tensor]) => [one, await read(tensor)] as const)
  return { loss: (await read(out.loss))[0]!, grads: new Map(await Promise.all(grads)) }
}

const length = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0))
const along = (values: ArrayLike<number>) => Array.from(values).reduce((sum, x, i) => sum + x * Math.cos(i), 0)

describe.each(CASES)('$name', ({ name, config, weights, lora }) => {
  test('logits are those of transformers', async () => {
    const program = backend.program(`logits ${name}`, ({ params, ids }: { params: Tensors; ids: Tensor2D }) => ({
      logits: head(config, params, forward(config, params, ids).hidden),
    }))
    const out = await program.run({ params: upload(weights), ids: idTensor() })
    noteOracle('logits', name, expectClose((await backend.read(out.logits)) as Float32Array, golden[name]!.logits))
  })

  test('a cached step gives the logits of the whole', async () => {
    const program = backend.program(`decode ${name}`, ({ params, ids }: { params: Tensors; ids: Tensor2D }) => {
      const past = forward(config, params, tf.slice(ids, [0, 0], [2, 8]) as Tensor2D)
      const { hidden } = decode(config, params, {
        ids: tf.reshape(tf.slice(ids, [0, 8], [2, 1]), [2]),
        positions: tf.tensor1d([8, 8], 'int32'),
        keys: past.keys,
        values: past.values,
      })
      return { logits: head(config, params, hidden) }
    })
    const out = await program.run({ params: upload(weights), ids: idTensor() })
    const rows = [8, 17].flatMap((row) => golden[name]!.logits.slice(row * 19, (row + 1) * 19))
    expectClose((await backend.read(out.logits)) as Float32Array, rows)
  })

  test('greedy continuations are those of transformers', async () => {
    const own = await openBackend('onnx') // a backend knows a program by its name
    const params = Object.fromEntries(
      Object.entries(weights).map(([key, { shape, data }]) => [key, own.tensor(data, shape)]),
    )
    const sampler = createSampler(own, config)
    const blocks = await sampler.prefill(
      params,
      IDS.map((row) => Int32Array.from(row.slice(0, PROMPT))),
    )
    const requests = blocks.map((block) => ({ start: { block, length: PROMPT }, seed: 1, maxNewTokens: NEW_TOKENS }))
    const found = await sampler.sample(params, requests, {
      ...{ temperature: 0, topK: 0, topP: 1, lanes: 8, stopTokens: [] },
    })
    expect(found.map(({ tokens }) => [...tokens])).toEqual(golden[name]!.greedy)
    noteOracle('greedy', name, golden[name]!.greedy.flat().length)
    await own.close()
  })

  test('the gradients of a LoRA step are those of PEFT', async () => {
    const { loss, grads } = await gradientsOf(`lora ${name}`, config, weights, lora)
    expectClose([loss], [golden[name]!.loss])
    for (const [one, own] of grads) noteOracle('lora-gradients', name, expectClose(own, golden[name]!.gradients[one]!))
  })

  test.each([false, true])('the gradients of full training, layers computed again: %s', async (recomputesLayers) => {
    const title = `full ${recomputesLayers} ${name}`
    const { grads } = await gradientsOf(title, config, {}, weights, { recomputesLayers })
    expect([...grads.keys()].sort()).toEqual(Object.keys(golden[name]!.weights).sort())
    for (const [one, own] of grads) {
      const [size, product] = golden[name]!.weights[one]!
      expect(size).toBeGreaterThan(0)
      const difference = Math.max(Math.abs(length(own) - size), Math.abs(along(own) - product)) / size
      expect(difference).toBeLessThan(1e-4)
      noteOracle('full-gradients', name, difference)
    }
  })
})

test('the cases differ where they should', () => {
  const logits = (name: string) => golden[name]!.logits
  expect(logits('llama')).not.toEqual(logits('llama 3 scaling'))
  expect(logits('llama')).toEqual(logits('dynamic scaling within the context'))
  expect(logits('llama 3 scaling')).toEqual(logits('llama 3 scaling, new spelling'))
})

test.skipIf(!python)(
  `the stored answers are those of the installed library${python ? '' : ' (skipped: no GPO_PYTHON)'}`,
  { timeout: 600_000 },
  () => {
    const now = ask()
    for (const { name } of CASES) {
      expectClose(now[name]!.logits, golden[name]!.logits, 1e-5)
      expect(now[name]!.greedy).toEqual(golden[name]!.greedy)
      for (const [one, own] of Object.entries(golden[name]!.gradients))
        expectClose(now[name]!.gradients[one]!, own, 1e-4)
    }
  },
)
