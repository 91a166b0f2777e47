/** Runs everything that a training run can ask of a backend, once, on a tiny model: what a provider must have kernels for. */
import { uniform } from '@engine/core/rng'
import { createPolicy } from '@engine/policy/policy'
import { createScorer } from '@engine/policy/score'
import { type Run, scorerOf } from '@engine/recipes/run'
import { createProcedure, policyNeeds } from '@engine/recipes/train'
import { createSampler } from '@engine/rollout/sampler'
import type { Backend } from '@engine/tensor/backend'
import type { BaseTensors } from '@main/formats/host-tensor'
import type { ModelConfig } from '@main/formats/model-config'
import { narrowed } from '@main/formats/narrow-weights'
import { type Plan, planSchema } from '@shared/schemas/plan'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import { randomWeights, tinyConfig } from './tiny-model'

export const OBJECTIVES = ['grpo', 'rloo', 'ppo', 'dpo', 'kto', 'simpo', 'orpo', 'sft'] as const

const ADAPTATIONS = {
  full: { kind: 'full' },
  lora: { kind: 'lora', r: 4, alpha: 8 },
  dropout: { kind: 'lora', r: 4, alpha: 8, dropout: 0.1 },
} as const
export type AdaptationName = keyof typeof ADAPTATIONS

const ids = (stream: number, count: number) =>
  Int32Array.from({ length: count }, (_, i) => 2 + Math.floor(uniform(11, stream, i) * (tinyConfig.vocabSize - 2)))
const sequence = (row: number) => ({ ids: ids(row, 8 + (row % 3)), start: 3 })

function planOf(objective: string, adaptation: AdaptationName, recomputeLayers: boolean): Plan {
  return planSchema.parse({
    model: { path: 'none' },
    data: { train: { path: 'none' } },
    objective: { kind: objective },
    adaptation: ADAPTATIONS[adaptation],
    gpo: { criticalStep: 'max', samples: 2 },
    rollout: { maxNewTokens: 8, lanes: 8 },
    budget: { iterations: 1, promptsPerIteration: 2, trainedPerPrompt: 2, microbatchTokens: 64, recomputeLayers },
  })
}

/** Iterations of an objective: sampling, values, gradients of several microbatches, the optimiser. @returns the last one's metrics, and all trajectories */
export async function iterate(
  backend: Backend,
  objective: string,
  adaptation: AdaptationName,
  recomputeLayers = false,
  config: ModelConfig = tinyConfig,
  weights: BaseTensors = randomWeights(config),
  iterations = 1,
): Promise<{ readonly metrics: Readonly<Record<string, number>>; readonly trajectories: readonly TrajectoryRecord[] }> {
  const plan = planOf(objective, adaptation, recomputeLayers)
  const policy = createPolicy(backend, config, weights, { adaptation: plan.adaptation, seed: 1, ...policyNeeds(plan) })
  const rows = [0, 1, 2, 3].map(sequence)
  const run: Run = {
    ...{ plan, backend, policy, scorer: scorerOf(backend, config, plan), stopTokens: [1], onProgress: () => {} },
    sampler: createSampler(backend, config),
    text: { decode: (tokens) => [...tokens].join(' '), prompt: String, pieces: (tokens) => [...tokens].map(String) },
    verify: (completion) => ({
      reward: (completion.match(/[13579]/g) ?? []).length % 2,
      status: 'correct',
      extracted: null,
    }),
    tasks: [0, 1].map((row) => ({ row, prompt: ids(row, 3), reference: '' })),
    ...{ evaluationTasks: [], probes: { tasks: [], maxNewTokens: 1 }, version: () => 0 },
    demonstrations: objective === 'sft' ? rows : [],
    pairs: ['dpo', 'simpo', 'orpo'].includes(objective)
      ? [0, 2].map((i) => ({ chosen: rows[i]!, rejected: rows[i + 1]! }))
      : [],
    labelled: objective === 'kto' ? rows.map((sequence, i) => ({ sequence, isDesirable: i % 2 === 0 })) : [],
  }
  const procedure = createProcedure(run)
  const results = []
  for (let i = 1; i <= iterations; i++) results.push(await procedure.iterate(i))
  await policy.dense()
  return { metrics: results.at(-1)!.metrics, trajectories: results.flatMap(({ trajectories }) => trajectories) }
}

/** Bases in 16 and 8 bits. */
export const narrowWeights = (precision: 'float16' | 'int8'): BaseTensors =>
  new Map([...randomWeights()].map(([name, tensor]) => [name, narrowed(tensor, precision)]))

/** Log-probabilities and values of given sequences. */
export async function score(backend: Backend): Promise<void> {
  const scorer = createScorer(backend, tinyConfig, { maxTokens: 64, temperature: 0.7 })
  const weights = [
    ...randomWeights(),
    ['value_head.weight', { shape: [1, 16], data: new Float32Array(16) }],
    ['value_head.bias', { shape: [1], data: new Float32Array(1) }],
  ] as const
  const params = Object.fromEntries(weights.map(([name, { shape, data }]) => [name, backend.tensor(data, shape)]))
  await scorer.logps(params, [sequence(0), sequence(1)])
  await scorer.values(params, [sequence(0), sequence(1)])
}

/** Sequences drawn, greedy and cut to the likeliest; more than lanes, growing beyond their first room, and kept. */
export async function sample(backend: Backend): Promise<void> {
  const params = Object.fromEntries(
    [...randomWeights()].map(([n, { shape, data }]) => [n, backend.tensor(data, shape)]),
  )
  const sampler = createSampler(backend, tinyConfig)
  const [block] = await sampler.prefill(params, [ids(0, 5)])
  const requests = Array.from({ length: 10 }, (_, seed) => ({
    ...{ start: { block: block!, length: 5 }, seed, maxNewTokens: 2 + 4 * seed, keepBlock: seed === 3 },
  }))
  const config = { topK: 0, topP: 1, lanes: 8, stopTokens: [] }
  await sampler.sample(params, requests, { ...config, temperature: 1 })
  await sampler.sample(params, requests.slice(0, 2), { ...config, temperature: 0 })
  await sampler.sample(params, requests.slice(0, 2), { ...config, temperature: 1, topK: 3 })
}
