/** Every family of models on a compiled and on an eager backend: what is sampled token by token is what is scored in one pass, and narrow bases train as wide ones. */
import { uniform } from '@engine/core/rng'
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
import type { BaseTensors } from '@main/formats/host-tensor'
import type { ModelConfig } from '@main/formats/model-config'
import { narrowed, widenedAll } from '@main/formats/narrow-weights'
import { type AdaptationConfig, LORA_TARGETS } from '@shared/schemas/plan'
import { describe, expect, test } from 'vitest'
import { ARCHITECTURE_CONFIGS, randomWeightsOf, readConfig } from '../support/architectures'

const FAMILIES = [
  'mistral',
  'smollm3',
  'gemma 3',
  'gemma 3, new spelling, capped logits',
  'gemma 2',
  'granite',
  'olmo 2',
  'phi 3 with a window',
  'phi 4 mini',
]
const CASES = (['onnx', 'cpu'] as const).flatMap((name) => FAMILIES.map((family) => [family, name] as const))
const TEMPERATURE = 0.8

const adaptationOf = (base: 'float32' | 'float16' | 'int8'): AdaptationConfig => ({
  ...{ kind: 'lora', r: 3, alpha: 6, rslora: false, dropout: 0, base },
  targets: [...LORA_TARGETS],
})

function policyOf(backend: Backend, config: ModelConfig, weights: BaseTensors, base: 'float32' | 'float16' | 'int8') {
  const options = { adaptation: adaptationOf(base), seed: 5, hasValueHead: false, keepsReference: false }
  return createPolicy(backend, config, weights, options)
}

const weightsOf = (config: ModelConfig) => new Map(Object.entries(randomWeightsOf(config)))

/** Two continuations of each prompt, one of them from within another's cached prompt. */
async function sampled(backend: Backend, config: ModelConfig, policy: Policy) {
  const sampler = createSampler(backend, config)
  const params = await policy.dense()
  const prompts = [Int32Array.of(5, 6, 7, 3, 12, 4, 9), Int32Array.of(9, 3, 2, 8, 4)]
  const blocks = await sampler.prefill(params, prompts)
  const starts = [
    { block: blocks[0]!, length: 7 },
    { block: blocks[0]!, length: 6 },
    { block: blocks[1]!, length: 5 },
  ]
  const requests = starts.map((start, seed) => ({ start, seed, maxNewTokens: 9, keepBlock: true }))
  const settings = { temperature: TEMPERATURE, topK: 0, topP: 1, lanes: 8, stopTokens: [] }
  const first = await sampler.sample(params, requests, settings)
  // From within what was sampled.
  const later = first.map(({ block }, i) => ({
    start: { block: block!, length: starts[i]!.length + 5 },
    ...{ seed: 10 + i, maxNewTokens: 6 },
  }))
  const second = await sampler.sample(params, later, settings)
  const ids = (i: number) => [...prompts[i === 2 ? 1 : 0]!.subarray(0, starts[i]!.length)]
  const whole = (prefix: readonly number[], tokens: Int32Array): TokenSequence => ({
    ids: Int32Array.of(...prefix, ...tokens),
    start: prefix.length,
  })
  return [
    ...first.map(({ tokens, logprobs }, i) => ({ logprobs, sequence: whole(ids(i), tokens) })),
    ...second.map(({ tokens, logprobs }, i) => ({
      logprobs,
      sequence: whole([...ids(i), ...first[i]!.tokens.subarray(0, 5)], tokens),
    })),
  ]
}

const sequencesOf = ({ vocabSize }: ModelConfig): TokenSequence[] =>
  Array.from({ length: 4 }, (_, s) => ({
    ids: Int32Array.from({ length: 8 + s }, (_, i) => Math.floor(uniform(3, s, i) * vocabSize)),
    start: 2 + (s % 3),
  }))

type Denominator = { denominator: Scalar }

async function train(backend: Backend, config: ModelConfig, policy: Policy, recomputesLayers: boolean) {
  const sequences = sequencesOf(config)
  const tokens = sequences.reduce((sum, { ids, start }) => sum + ids.length - start, 0)
  const loss = (params: Tensors, batch: TokenBatch & Denominator) => {
    const { logps: logp } = forwardLogps({ config, temperature: TEMPERATURE, recomputesLayers }, params, batch)
    return sftLoss({ ...batch, logp })
  }
  const adamw = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradNorm: 1 }
  const learner = createLearner(backend, policy, `train-${recomputesLayers}`, loss, adamw)
  const units = sequences.map((sequence) => [sequence])
  const denominator = { denominator: { data: Float32Array.of(tokens), shape: [] } }
  const steps: { loss: number; gradNorm: number }[] = []
  for (let step = 0; step < 2; step++) {
    const batches = packUnits(units, 64).map((batch) => batchTensors<Denominator>(backend, batch, denominator))
    steps.push(await learner.step(batches, 1e-2))
  }
  return steps
}

describe.each(CASES)('%s, %s', (family, name) => {
  const config = readConfig(ARCHITECTURE_CONFIGS[family]!)

  test('what is drawn has the log-probability that a whole pass gives', async () => {
    const backend = await openBackend(name)
    const policy = policyOf(backend, config, weightsOf(config), 'float32')
    await train(backend, config, policy, false) // adapters that are not nothing
    const samples = await sampled(backend, config, policy)
    const scorer = createScorer(backend, config, { maxTokens: 64, temperature: TEMPERATURE })
    const scores = await scorer.logps(
      await policy.dense(),
      samples.map(({ sequence }) => sequence),
    )
    samples.forEach(({ logprobs }, i) => {
      for (const [t, logprob] of logprobs.entries()) expect(scores[i]![t]!).toBeCloseTo(logprob, 4)
    })
    await backend.close()
  })

  test.each([
    ['float16', false],
    ['int8', true],
  ] as const)('a base in %s trains as its numbers in float32, computing layers again: %s', async (precision, again) => {
    const backend = await openBackend(name)
    const narrow: BaseTensors = new Map([...weightsOf(config)].map(([key, one]) => [key, narrowed(one, precision)]))
    const a = await train(backend, config, policyOf(backend, config, narrow, precision), again)
    const b = await train(backend, config, policyOf(backend, config, widenedAll(narrow), 'float32'), again)
    a.forEach(({ loss, gradNorm }, i) => {
      expect(loss).toBeCloseTo(b[i]!.loss, 5)
      expect(gradNorm / b[i]!.gradNorm).toBeCloseTo(1, 4)
    })
    expect(a[1]!.loss).toBeLessThan(a[0]!.loss)
    await backend.close()
  })
})
