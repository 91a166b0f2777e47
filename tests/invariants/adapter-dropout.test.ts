/** Dropout of adapters: the right share, the same in every repetition, consistent in gradients, and only in training passes. */

import { normal, uniform } from '@engine/core/rng'
import { openBackend } from '@engine/devices/choose'
import { DROPPED, dropoutMask, dropoutName, dropoutWords, droppedProduct } from '@engine/model/dropout'
import { sftLoss } from '@engine/objectives/sft'
import { batchTensors, packUnits, type TokenBatch, type TokenSequence } from '@engine/policy/batch'
import { createLearner } from '@engine/policy/learner'
import { createPolicy } from '@engine/policy/policy'
import { createScorer, forwardLogps } from '@engine/policy/score'
import type { Backend } from '@engine/tensor/backend'
import type { Tensors } from '@engine/tensor/tensors'
import { type Scalar, type Tensor, type Tensor2D, tf } from '@engine/tensor/tf'
import type { AdaptationConfig } from '@shared/schemas/plan'
import { describe, expect, test } from 'vitest'
import { randomWeights, tinyConfig } from '../support/tiny-model'

type Denominator = { denominator: Scalar }
type SftBatch = TokenBatch & Denominator

const PROJECTION = 'model.layers.0.self_attn.q_proj'
const random = (size: number, stream: number) => Float32Array.from({ length: size }, (_, i) => normal(4, stream, i))
const words = (rate: number, rows: number, pass = 0) =>
  dropoutWords({ rate, seed: 3, projections: [PROJECTION] }, [pass], rows)

async function maskOf(backend: Backend, rate: number, rows: number, width: number, pass = 0): Promise<Float32Array> {
  const program = backend.program(`mask-${width}`, (inputs) => ({
    mask: dropoutMask(inputs['words'] as Tensor2D, inputs['dropped']!, width),
  }))
  const made = words(rate, rows, pass)
  const [own, dropped] = [made[dropoutName(PROJECTION)]!, made[DROPPED]!]
  const out = await program.run({
    words: backend.tensor(own.data, own.shape),
    dropped: backend.tensor(dropped.data, dropped.shape),
  })
  return ((await backend.read(out['mask']!)) as Float32Array).slice()
}

const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length

describe('the mask', () => {
  test.each([0.05, 0.1, 0.5])('leaves out a share of %d and keeps the mean', async (rate) => {
    const backend = await openBackend('onnx')
    const [rows, width] = [400, 1500]
    const mask = await maskOf(backend, rate, rows, width)
    const isLeftOut = (value: number) => Number(value === 0)
    expect(Math.abs(mean(mask.map(isLeftOut)) - rate)).toBeLessThan(0.003)
    expect(mean(mask)).toBeCloseTo(1, 2)
    // For each column too, also where columns repeat modulo the prime; and neighbouring rows are independent.
    const column = (k: number) => Array.from({ length: rows }, (_, n) => isLeftOut(mask[n * width + k]!))
    for (const k of [0, 1, 511, 1020, 1021, 1499]) expect(Math.abs(mean(column(k)) - rate)).toBeLessThan(0.09)
    for (const [j, k] of [
      [0, 1],
      [5, 1026],
      [0, 1021],
      [700, 1400],
    ] as const) {
      const both = column(j).map((one, n) => one * column(k)[n]!)
      expect(Math.abs(mean(both) - rate * rate)).toBeLessThan(0.09)
    }
    await backend.close()
  })

  test('is the same on every backend and in every repetition, and another in another pass', async () => {
    const masks: Float32Array[] = []
    for (const name of ['onnx', 'cpu', 'wasm'] as const) {
      const backend = await openBackend(name)
      masks.push(await maskOf(backend, 0.2, 70, 1100))
      if (name === 'onnx') expect(await maskOf(backend, 0.2, 70, 1100, 1)).not.toEqual(masks[0])
      await backend.close()
    }
    expect([...masks[1]!].map((one) => one === 0)).toEqual([...masks[0]!].map((one) => one === 0))
    expect([...masks[2]!].map((one) => one === 0)).toEqual([...masks[0]!].map((one) => one === 0))
  })
})

test('the product is that of the masked numbers, and so are both gradients', async () => {
  const backend = await openBackend('onnx')
  const [rows, width, r] = [9, 14, 3]
  const program = backend.program('dropped-product', (inputs) => {
    const dropped = inputs['dropped']!
    const mask = dropoutMask(inputs['words'] as Tensor2D, dropped, width)
    const own = (x: Tensor, a: Tensor) =>
      droppedProduct(x as Tensor2D, a as Tensor2D, inputs['words'] as Tensor2D, dropped)
    const plain = (x: Tensor, a: Tensor) => tf.matMul(tf.mul(x, mask) as Tensor2D, a as Tensor2D, false, true)
    const both = [own, plain].map((f) => {
      const loss = (x: Tensor, a: Tensor) => tf.sum(tf.square(f(x, a))) as Scalar
      return tf.valueAndGrads((...args: Tensor[]) => loss(args[0]!, args[1]!))([inputs['x']!, inputs['a']!])
    })
    return Object.fromEntries(
      both.flatMap(({ value, grads }, i) => [
        [`value${i}`, value],
        [`dx${i}`, grads[0]!],
        [`da${i}`, grads[1]!],
      ]),
    )
  })
  const made = words(0.3, rows)
  const out = await program.run({
    words: backend.tensor(made[dropoutName(PROJECTION)]!.data, [rows, 4]),
    dropped: backend.tensor(made[DROPPED]!.data, []),
    x: backend.tensor(random(rows * width, 1), [rows, width]),
    a: backend.tensor(random(r * width, 2), [r, width]),
  })
  for (const name of ['value', 'dx', 'da']) {
    const [a, b] = [await backend.read(out[`${name}0`]!), await backend.read(out[`${name}1`]!)]
    expect(a.length).toBe(b.length)
    for (const [i, value] of [...a].entries()) expect(value).toBeCloseTo(b[i]!, 4)
  }
  expect([...(await backend.read(out['dx0']!))].filter((one) => one === 0).length).toBeGreaterThan(10)
  await backend.close()
})

const sequences: TokenSequence[] = Array.from({ length: 6 }, (_, s) => ({
  ids: Int32Array.from({ length: 6 + s }, (_, i) => Math.floor(uniform(3, s, i) * tinyConfig.vocabSize)),
  start: 2 + (s % 3),
}))

function policyOf(backend: Backend, dropout: number) {
  const adaptation: AdaptationConfig = {
    ...{ kind: 'lora', r: 4, alpha: 8, rslora: false, dropout, base: 'float32' },
    targets: ['q_proj', 'v_proj', 'down_proj'],
  }
  return createPolicy(backend, tinyConfig, randomWeights(), {
    ...{ adaptation, seed: 5, hasValueHead: false, keepsReference: false },
  })
}

function learnerOf(backend: Backend, policy: ReturnType<typeof policyOf>, recomputesLayers = false) {
  const config = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradNorm: 1 }
  return createLearner(
    backend,
    policy,
    `dropout-${recomputesLayers}`,
    (params: Tensors, batch: SftBatch) => {
      const { logps: logp } = forwardLogps({ config: tinyConfig, temperature: 1, recomputesLayers }, params, batch)
      return sftLoss({ ...batch, logp })
    },
    config,
  )
}

const batchesOf = (backend: Backend) =>
  packUnits(
    sequences.map((one) => [one]),
    96,
  ).map((batch) => batchTensors<Denominator>(backend, batch, { denominator: { data: Float32Array.of(30), shape: [] } }))

async function train(backend: Backend, dropout: number, steps: number, recomputes = false) {
  const policy = policyOf(backend, dropout)
  const learner = learnerOf(backend, policy, recomputes)
  const losses: number[] = []
  for (let i = 0; i < steps; i++) losses.push((await learner.step(batchesOf(backend), 1e-2)).loss)
  return { policy, learner, losses, weights: await policy.snapshot() }
}

const bytesOf = (weights: ReadonlyMap<string, { readonly data: Float32Array }>) =>
  [...weights].map(([name, { data }]) => [
    name,
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
  ])

describe('training', () => {
  test('is the same again, differs from training without, and from passes that were the same', async () => {
    const backend = await openBackend('onnx')
    const [a, again, without] = [await train(backend, 0.3, 4), await train(backend, 0.3, 4), await train(backend, 0, 4)]
    expect(bytesOf(again.weights)).toEqual(bytesOf(a.weights))
    expect(bytesOf(without.weights)).not.toEqual(bytesOf(a.weights))
    expect(a.losses[3]).toBeLessThan(a.losses[0]!)
    await backend.close()
  })

  test('stopped and resumed ends with the same weights', async () => {
    const backend = await openBackend('onnx')
    const whole = await train(backend, 0.3, 4)
    const half = await train(backend, 0.3, 2)
    const optimiser = await half.learner.snapshot()
    const policy = policyOf(backend, 0.3)
    policy.restore(half.weights)
    const learner = learnerOf(backend, policy)
    learner.restore(optimiser, 2)
    for (let i = 0; i < 2; i++) await learner.step(batchesOf(backend), 1e-2)
    expect(bytesOf(await policy.snapshot())).toEqual(bytesOf(whole.weights))
    await backend.close()
  })

  test('with layers computed again is that with layers kept', async () => {
    const backend = await openBackend('onnx')
    const [kept, again] = [await train(backend, 0.3, 3), await train(backend, 0.3, 3, true)]
    kept.losses.forEach((loss, i) => {
      expect(again.losses[i]).toBeCloseTo(loss, 5)
    })
    for (const [name, { data }] of kept.weights)
      for (const [i, value] of data.entries()) expect(again.weights.get(name)!.data[i]).toBeCloseTo(value, 4)
    await backend.close()
  })

  test('scores are without it', async () => {
    const backend = await openBackend('onnx')
    const { policy, weights } = await train(backend, 0.5, 3)
    const plain = policyOf(backend, 0)
    plain.restore(weights)
    const scorer = createScorer(backend, tinyConfig, { maxTokens: 96, temperature: 1 })
    const [own, expected] = [
      await scorer.logps(await policy.dense(), sequences),
      await scorer.logps(await plain.dense(), sequences),
    ]
    expect(own.map((row) => [...row])).toEqual(expected.map((row) => [...row]))
    await backend.close()
  })
})
