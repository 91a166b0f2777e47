import { normal, uniform } from '@engine/core/rng'
import { openBackend } from '@engine/devices/choose'
import { createOnnxBackend } from '@engine/devices/onnx'
import { sftLoss } from '@engine/objectives/sft'
import { batchTensors, packUnits, type TokenBatch, type TokenSequence } from '@engine/policy/batch'
import { createLearner, type LossFunction } from '@engine/policy/learner'
import { createPolicy, type Policy } from '@engine/policy/policy'
import { createScorer, forwardLogps } from '@engine/policy/score'
import type { Backend } from '@engine/tensor/backend'
import { type Scalar, tf } from '@engine/tensor/tf'
import { GpoError } from '@shared/errors'
import type { AdaptationConfig } from '@shared/schemas/plan'
import { describe, expect, test } from 'vitest'
import { randomWeights, tinyConfig } from '../support/tiny-model'

type Denominator = { denominator: Scalar }
type SftBatch = TokenBatch & Denominator

const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, maxGradNorm: 1 }
const LORA: AdaptationConfig = {
  kind: 'lora',
  r: 4,
  alpha: 8,
  rslora: false,
  dropout: 0,
  targets: ['q_proj', 'v_proj', 'down_proj'],
  base: 'float32',
}

const loss: LossFunction<SftBatch> = (params, batch) =>
  sftLoss({ ...batch, logp: forwardLogps({ config: tinyConfig, temperature: 1 }, params, batch).logps })

const sequences: TokenSequence[] = Array.from({ length: 8 }, (_, s) => ({
  ids: Int32Array.from({ length: 6 + s }, (_, i) => Math.floor(uniform(3, s, i) * tinyConfig.vocabSize)),
  start: 2 + (s % 3),
}))
const tokens = sequences.reduce((sum, { ids, start }) => sum + ids.length - start, 0)

function makePolicy(backend: Backend, adaptation: AdaptationConfig = { kind: 'full' }): Policy {
  return createPolicy(backend, tinyConfig, randomWeights(), {
    adaptation,
    seed: 5,
    hasValueHead: false,
    keepsReference: false,
  })
}

/** One optimiser step over the 8 sequences, split into microbatches of at most `maxTokens` padded tokens. */
async function stepOnce(backend: Backend, policy: Policy, maxTokens: number) {
  const learner = createLearner(backend, policy, 'test', loss, ADAMW)
  const units = sequences.map((sequence) => [sequence])
  const denominator = { denominator: { data: Float32Array.of(tokens), shape: [] } }
  const batches = packUnits(units, maxTokens).map((batch) => batchTensors<Denominator>(backend, batch, denominator))
  const result = await learner.step(batches, 1e-2)
  for (const tensor of batches.flatMap((batch) => Object.values(batch))) backend.dispose(tensor)
  return { result, batches: batches.length, weights: await policy.snapshot(), learner }
}

function worstDifference(
  a: ReadonlyMap<string, { data: Float32Array }>,
  b: ReadonlyMap<string, { data: Float32Array }>,
): number {
  let worst = 0
  for (const [name, { data }] of a) {
    for (const [i, value] of data.entries()) worst = Math.max(worst, Math.abs(value - b.get(name)!.data[i]!))
  }
  return worst
}

describe('one optimiser step', () => {
  test('of a batch of 8 equals that of 8 accumulated batches of 1', async () => {
    const backend = createOnnxBackend({ threads: 1 })
    const whole = await stepOnce(backend, makePolicy(backend), 8 * 32)
    const parts = await stepOnce(backend, makePolicy(backend), 32)
    expect([whole.batches, parts.batches]).toEqual([1, 8])
    expect(parts.result.loss).toBeCloseTo(whole.result.loss, 5)
    expect(parts.result.gradNorm).toBeCloseTo(whole.result.gradNorm, 5)
    expect(worstDifference(parts.weights, whole.weights)).toBeLessThan(1e-5)
    await backend.close()
  })

  test.each(['wasm', 'cpu'] as const)('computed eagerly by %s equals the compiled one', async (name) => {
    const compiled = createOnnxBackend({ threads: 1 })
    const eager = await openBackend(name)
    for (const adaptation of [{ kind: 'full' } as const, LORA]) {
      const a = await stepOnce(compiled, makePolicy(compiled, adaptation), 256)
      const b = await stepOnce(eager, makePolicy(eager, adaptation), 256)
      expect(b.result.loss).toBeCloseTo(a.result.loss, 4)
      expect(worstDifference(a.weights, b.weights)).toBeLessThan(1e-4)
    }
    await compiled.close()
    await eager.close()
  })

  test('that is not finite is refused, names the rate, and leaves the parameters alone', async () => {
    const backend = createOnnxBackend({ threads: 1 })
    const policy = makePolicy(backend)
    const before = await policy.snapshot()
    const broken: LossFunction<SftBatch> = (params, batch) => {
      const result = loss(params, batch)
      return { ...result, loss: tf.mul(result.loss, Number.POSITIVE_INFINITY) as Scalar }
    }
    const learner = createLearner(backend, policy, 'broken', broken, ADAMW)
    const [batch] = packUnits(
      sequences.map((sequence) => [sequence]),
      256,
    )
    const inputs = batchTensors<Denominator>(backend, batch!, {
      denominator: { data: Float32Array.of(tokens), shape: [] },
    })
    await expect(learner.step([inputs], 0.5)).rejects.toThrow(GpoError)
    await expect(learner.step([inputs], 0.5)).rejects.toThrow(/learning rate of 0.5/)
    expect(worstDifference(before, await policy.snapshot())).toBe(0)
    await backend.close()
  })
})

test('restoring a snapshot and going on gives exactly the weights of going on without a break', async () => {
  const backend = createOnnxBackend({ threads: 1 })
  const policy = makePolicy(backend)
  const { learner } = await stepOnce(backend, policy, 256)
  const [weights, optimiser] = [await policy.snapshot(), await learner.snapshot()]
  const [batch] = packUnits(
    sequences.map((sequence) => [sequence]),
    256,
  )
  const inputs = batchTensors<Denominator>(backend, batch!, {
    denominator: { data: Float32Array.of(tokens), shape: [] },
  })
  await learner.step([inputs], 1e-2)

  const fresh = makePolicy(backend)
  fresh.restore(weights)
  const again = createLearner(backend, fresh, 'test', loss, ADAMW)
  again.restore(optimiser, 1)
  await again.step([inputs], 1e-2)
  expect(worstDifference(await policy.snapshot(), await fresh.snapshot())).toBe(0)
  await backend.close()
})

describe('LoRA', () => {
  test('starts as the base model, and its merged weights score as the adapter does', async () => {
    const backend = createOnnxBackend({ threads: 1 })
    const policy = makePolicy(backend, LORA)
    const scorer = createScorer(backend, tinyConfig, { maxTokens: 512, temperature: 1 })
    const [base] = await scorer.logps(policy.reference(), sequences)
    const [start] = await scorer.logps(await policy.dense(), sequences)
    expect([...start!]).toEqual([...base!])
    await stepOnce(backend, policy, 256)
    const trained = await policy.snapshot()
    for (const [name, { data }] of trained) {
      for (let i = 0; i < data.length; i++) data[i] = 0.1 * normal(2, name.length, i)
    }
    policy.restore(trained)
    const merged = await scorer.logps(await policy.dense(), sequences)
    const live = await scorer.logps({ ...policy.frozen, ...policy.trainable }, sequences)
    for (const [s, logps] of merged.entries()) {
      for (const [t, value] of logps.entries()) expect(value).toBeCloseTo(live[s]![t]!, 4)
    }
    expect(Math.abs(merged[0]![0]! - base![0]!)).toBeGreaterThan(1e-3)
    await backend.close()
  })
})

test('50 iterations of scoring and stepping on an eager backend leak no tensors', async () => {
  const backend = await openBackend('cpu')
  const policy = makePolicy(backend, LORA)
  const learner = createLearner(backend, policy, 'leak', loss, ADAMW)
  const scorer = createScorer(backend, tinyConfig, { maxTokens: 64, temperature: 1 })
  const short = sequences.slice(0, 2)
  const iterate = async () => {
    const [batch] = packUnits(
      short.map((sequence) => [sequence]),
      128,
    )
    const inputs = batchTensors<Denominator>(backend, batch!, { denominator: { data: Float32Array.of(4), shape: [] } })
    await learner.step([inputs], 1e-3)
    for (const tensor of Object.values(inputs)) backend.dispose(tensor)
    await scorer.logps(await policy.dense(), short)
  }
  await iterate()
  const before = backend.usage().tensors
  for (let i = 0; i < 50; i++) await iterate()
  expect(backend.usage().tensors).toBe(before)
  await backend.close()
})
