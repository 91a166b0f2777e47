/**
 * Every architecture against an independent decoder: logits, and the gradients of a LoRA step. PyTorch's answers are stored; where a Python with
 * PyTorch is installed they are computed again. `UPDATE_GOLDEN=1` writes them.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gatherLogProb } from '@engine/core/logprob'
import { openBackend } from '@engine/devices/choose'
import { decode, forward, head } from '@engine/model/llama'
import { LORA_SCALE } from '@engine/model/lora'
import type { Backend } from '@engine/tensor/backend'
import type { Tensors } from '@engine/tensor/tensors'
import { type Scalar, type Tensor, type Tensor1D, type Tensor2D, tf } from '@engine/tensor/tf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  ARCHITECTURE_CONFIGS,
  type HostTensor,
  randomTensor,
  randomWeightsOf,
  readConfig,
} from '../support/architectures'

const SCRIPT = join(import.meta.dirname, '../parity/decoder.py')
const GOLDEN = join(import.meta.dirname, '../parity/decoder.golden.json')

const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import torch'], { timeout: 60_000 }).status === 0,
)

const IDS = Array.from({ length: 2 }, (_, row) => Array.from({ length: 9 }, (_, i) => (7 * i + 5 * row + 3) % 19))
const SCALE = 0.5
const ADAPTED = ['model.layers.0.self_attn.q_proj', 'model.layers.1.mlp.down_proj']

function adaptersOf(weights: Record<string, HostTensor>): Record<string, HostTensor> {
  return Object.fromEntries(
    ADAPTED.flatMap((name, i) => {
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
  return { name, json, config, weights, lora: adaptersOf(weights) }
})

interface Answer {
  readonly logits: readonly number[]
  readonly loss: number
  readonly gradients: Readonly<Record<string, readonly number[]>>
}

function askTorch(): Record<string, Answer> {
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
  const { stdout, stderr, status } = spawnSync(python ?? '', [SCRIPT], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  if (status !== 0) throw new Error(`decoder.py failed: ${stderr}`)
  return JSON.parse(stdout) // our own script's
}

if (process.env['UPDATE_GOLDEN'] && python) writeFileSync(GOLDEN, `${JSON.stringify(askTorch())}\n`)
const golden: Record<string, Answer> = JSON.parse(readFileSync(GOLDEN, 'utf8'))

/** Within `relative` of the largest entry. */
function expectClose(found: ArrayLike<number>, expected: readonly number[], relative = 1e-4) {
  expect(found.length).toBe(expected.length)
  const tolerance = relative * Math.max(...expected.map(Math.abs))
  expect(tolerance).toBeGreaterThan(0)
  expect(Math.max(...expected.map((x, i) => Math.abs(x - found[i]!)))).toBeLessThan(tolerance)
}

let backend: Backend
beforeAll(async () => {
  backend = await openBackend('onnx')
})
afterAll(() => backend.close())

const upload = (tree: Record<string, HostTensor>) =>
  Object.fromEntries(Object.entries(tree).map(([name, { shape, data }]) => [name, backend.tensor(data, shape)]))
const idTensor = () => backend.tensor(Int32Array.from(IDS.flat()), [2, 9])

interface LoraInput {
  frozen: Tensors
  adapters: Tensors
  ids: Tensor2D
  targets: Tensor1D
}

describe.each(CASES)('$name', ({ name, config, weights, lora }) => {
  test('logits equal an independent decoder', async () => {
    const program = backend.program(`logits ${name}`, ({ params, ids }: { params: Tensors; ids: Tensor2D }) => ({
      logits: head(config, params, forward(config, params, ids).hidden),
    }))
    const out = await program.run({ params: upload(weights), ids: idTensor() })
    expectClose((await backend.read(out.logits)) as Float32Array, golden[name]!.logits)
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

  test('the gradients of a LoRA step equal an independent decoder', async () => {
    const names = Object.keys(lora)
    const program = backend.program(`lora ${name}`, ({ frozen, adapters, ids, targets }: LoraInput) => {
      const loss = (...tensors: Tensor[]) => {
        const tree = { ...frozen, ...Object.fromEntries(names.map((one, i) => [one, tensors[i]!])) }
        const { hidden } = forward(config, { ...tree, [LORA_SCALE]: tf.scalar(SCALE) }, ids)
        const rows = tf.gather(
          hidden,
          tf.tensor1d([...Array(8).keys(), ...Array.from({ length: 8 }, (_, i) => i + 9)], 'int32'),
        )
        const logprobs = gatherLogProb(head(config, tree, rows as Tensor2D), targets)
        return tf.neg(tf.mean(logprobs)) as Scalar
      }
      const { value, grads } = tf.valueAndGrads(loss)(names.map((one) => adapters[one]!))
      return { loss: value, grads: Object.fromEntries(names.map((one, i) => [one, grads[i]!])) }
    })
    const targets = backend.tensor(Int32Array.from(IDS.flatMap((row) => row.slice(1))), [16])
    const inputs = { frozen: upload(weights), adapters: upload(lora), ids: idTensor(), targets }
    const out = await program.run(inputs)
    expectClose((await backend.read(out.loss)) as Float32Array, [golden[name]!.loss])
    for (const one of names)
      expectClose((await backend.read(out.grads[one]!)) as Float32Array, golden[name]!.gradients[one]!)
  })
})

test('the cases differ where they should', () => {
  const logits = (name: string) => golden[name]!.logits
  expect(logits('llama')).not.toEqual(logits('llama 3 scaling'))
  expect(logits('llama')).toEqual(logits('dynamic scaling within the context'))
  expect(logits('llama 3 scaling')).toEqual(logits('llama 3 scaling, new spelling'))
})

test.skipIf(!python)(
  `the stored answers are PyTorch's${python ? '' : ' (skipped: no python3 with PyTorch found)'}`,
  () => {
    const now = askTorch()
    for (const { name } of CASES) expectClose(now[name]!.logits, golden[name]!.logits, 1e-6)
  },
)
