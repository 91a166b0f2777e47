/** LoRA on a 16- or 8-bit base equals LoRA on the same base widened to float32: samples, scores, gradients. */

import { normal, uniform } from '@engine/core/rng'
import { openBackend } from '@engine/devices/choose'
import { sftLoss } from '@engine/objectives/sft'
import { batchTensors, packUnits, type TokenBatch, type TokenSequence } from '@engine/policy/batch'
import { createLearner } from '@engine/policy/learner'
import { createPolicy, type Policy } from '@engine/policy/policy'
import { createScorer, forwardLogps } from '@engine/policy/score'
import { createSampler } from '@engine/rollout/sampler'
import type { Backend } from '@engine/tensor/backend'
import type { Tensors } from '@engine/tensor/tensors'
import type { Scalar } from '@engine/tensor/tf'
import type { BaseTensors, HostTensor } from '@main/formats/host-tensor'
import type { ModelConfig } from '@main/formats/model-config'
import { narrowed, widenedAll } from '@main/formats/narrow-weights'
import type { AdaptationConfig } from '@shared/schemas/plan'
import { describe, expect, test } from 'vitest'
import { randomWeights, tinyConfig } from '../support/tiny-model'

type Denominator = { denominator: Scalar }
type SftBatch = TokenBatch & Denominator

const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradNorm: 1 }
const untied: ModelConfig = { ...tinyConfig, tieWordEmbeddings: false }
const { vocabSize, hiddenSize } = tinyConfig

const head: HostTensor = {
  shape: [vocabSize, hiddenSize],
  data: Float32Array.from({ length: vocabSize * hiddenSize }, (_, i) => 0.3 * normal(9, 0, i)),
}
const weightsOf = (config: ModelConfig): Map<string, HostTensor> =>
  new Map([...randomWeights(), ...(config.tieWordEmbeddings ? [] : [['lm_head.weight', head] as const])])

const adaptationOf = (base: 'float32' | 'float16' | 'int8'): AdaptationConfig => ({
  kind: 'lora',
  r: 4,
  alpha: 8,
  rslora: false,
  dropout: 0,
  targets: ['q_proj', 'v_proj', 'down_proj'],
  base,
})

/** The policy with a 16- or 8-bit base and the one with the widened base, with non-zero adapters. */
function policies(backend: Backend, config: ModelConfig, precision: 'float16' | 'int8'): readonly [Policy, Policy] {
  const narrow: BaseTensors = new Map(
    [...weightsOf(config)].map(([name, tensor]) => [name, narrowed(tensor, precision)]),
  )
  const make = (weights: BaseTensors, base: 'float32' | 'float16' | 'int8') =>
    createPolicy(backend, config, weights, {
      adaptation: adaptationOf(base),
      seed: 5,
      hasValueHead: false,
      keepsReference: false,
    })
  return [make(narrow, precision), make(widenedAll(narrow), 'float32')]
}

const sequences: TokenSequence[] = Array.from({ length: 6 }, (_, s) => ({
  ids: Int32Array.from({ length: 6 + s }, (_, i) => Math.floor(uniform(3, s, i) * vocabSize)),
  start: 2 + (s % 3),
}))
const tokens = sequences.reduce((sum, { ids, start }) => sum + ids.length - start, 0)

async function train(backend: Backend, config: ModelConfig, policy: Policy, recomputesLayers: boolean) {
  const learner = createLearner(
    backend,
    policy,
    `test-${recomputesLayers}`,
    (params: Tensors, batch: SftBatch) => {
      const { logps: logp } = forwardLogps({ config, temperature: 0.8, recomputesLayers }, params, batch)
      return sftLoss({ ...batch, logp })
    },
    ADAMW,
  )
  const denominator = { denominator: { data: Float32Array.of(tokens), shape: [] } }
  const steps: { loss: number; gradNorm: number }[] = []
  for (let step = 0; step < 3; step++) {
    const units = sequences.map((sequence) => [sequence])
    const batches = packUnits(units, 96).map((batch) => batchTensors<Denominator>(backend, batch, denominator))
    steps.push(await learner.step(batches, 1e-2))
  }
  return { steps, trained: await policy.snapshot() }
}

async function sample(backend: Backend, config: ModelConfig, policy: Policy) {
  const sampler = createSampler(backend, config)
  const params = await policy.dense()
  const prompts = [Int32Array.of(5, 6, 7), Int32Array.of(9, 3, 2, 8, 4)]
  const blocks = await sampler.prefill(params, prompts)
  const requests = Array.from({ length: 12 }, (_, i) => ({
    start: { block: blocks[i % 2]!, length: prompts[i % 2]!.length },
    seed: i,
    maxNewTokens: 10,
  }))
  return sampler.sample(params, requests, { temperature: 1, topK: 0, topP: 1, lanes: 8, stopTokens: [1] })
}

const CASES = (['onnx', 'wasm', 'cpu'] as const).flatMap((name) =>
  (['float16', 'int8'] as const).flatMap((precision) =>
    (name === 'onnx' ? [tinyConfig, untied] : [untied]).map(
      (config) => [name, precision, config.tieWordEmbeddings, config] as const,
    ),
  ),
)

describe.each(CASES)('%s, %s, tied head: %s', (name, precision, _isTied, config) => {
  test.each([false, true])('three steps of training, recomputing layers: %s', async (recomputes) => {
    const backend = await openBackend(name)
    const [narrow, wide] = policies(backend, config, precision)
    const [a, b] = [await train(backend, config, narrow, recomputes), await train(backend, config, wide, recomputes)]
    a.steps.forEach(({ loss, gradNorm }, i) => {
      expect(loss).toBeCloseTo(b.steps[i]!.loss, 5)
      expect(gradNorm / b.steps[i]!.gradNorm).toBeCloseTo(1, 4)
    })
    expect(a.steps[2]!.loss).toBeLessThan(a.steps[0]!.loss)
    expect([...a.trained.keys()]).toEqual([...b.trained.keys()])
    for (const [key, { data }] of a.trained) {
      for (const [i, value] of data.entries()) expect(value).toBeCloseTo(b.trained.get(key)!.data[i]!, 4)
    }
    await backend.close()
  })

  test('samples and scores after training; the reference is the base without adapters', async () => {
    const backend = await openBackend(name)
    const [narrow, wide] = policies(backend, config, precision)
    const { trained } = await train(backend, config, wide, false)
    for (const policy of [narrow, wide]) policy.restore(trained)
    const [a, b] = [await sample(backend, config, narrow), await sample(backend, config, wide)]
    expect(a.map((completion) => [...completion.tokens])).toEqual(b.map((completion) => [...completion.tokens]))
    const scorer = createScorer(backend, config, { maxTokens: 96, temperature: 0.8 })
    const scores = async (policy: Policy, kind: 'dense' | 'reference') =>
      (await scorer.logps(kind === 'dense' ? await policy.dense() : policy.reference(), sequences)).map((row) => [
        ...row,
      ])
    for (const kind of ['dense', 'reference'] as const) {
      const [own, expected] = [(await scores(narrow, kind)).flat(), (await scores(wide, kind)).flat()]
      for (const [i, value] of own.entries()) expect(value).toBeCloseTo(expected[i]!, 4)
    }
    expect(await scores(narrow, 'dense')).not.toEqual(await scores(narrow, 'reference'))
    await backend.close()
  })
})

test('a narrow matrix cannot be trained: full fine-tuning wants float32', async () => {
  const backend = await openBackend('cpu')
  const narrow: BaseTensors = new Map(
    [...weightsOf(tinyConfig)].map(([name, tensor]) => [name, narrowed(tensor, 'int8')]),
  )
  const options = { adaptation: { kind: 'full' } as const, seed: 1, hasValueHead: false, keepsReference: false }
  expect(() => createPolicy(backend, tinyConfig, narrow, options)).toThrow(
    /is stored in 16 or 8 bits and cannot be trained/,
  )
  await backend.close()
})
