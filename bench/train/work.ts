/** The measured training step: random tokens, the loss of the next token, our learner on it. */
import { hash } from '@engine/core/rng'
import { sftLoss } from '@engine/objectives/sft'
import type { TokenBatch } from '@engine/policy/batch'
import { createLearner, type Learner, type LossFunction } from '@engine/policy/learner'
import { createPolicy, type Policy } from '@engine/policy/policy'
import { forwardLogps } from '@engine/policy/score'
import type { Backend, OnDevice } from '@engine/tensor/backend'
import type { Scalar } from '@engine/tensor/tf'
import { type AdaptationConfig, adaptationSchema } from '@shared/schemas/plan/adaptation'
import type { BenchModel } from '../models'

export const LENGTH = 128
export const LEARNING_RATE = 1e-4
export const RANK = 16

/** How a model is adapted: every parameter, or adapters of rank 16 on every projection. */
export type Adaptation = 'full' | 'lora'

export interface Batch {
  readonly rows: number
  readonly ids: Int32Array
  readonly targets: Int32Array
}

/** Random tokens; each predicts the one after it. */
export function makeBatch(vocabulary: number, rows: number): Batch {
  const token = (row: number, t: number) => hash(7, row, t) % vocabulary
  const fill = (shift: number) =>
    Int32Array.from({ length: rows * LENGTH }, (_, i) => token(Math.floor(i / LENGTH), (i % LENGTH) + shift))
  return { rows, ids: fill(0), targets: fill(1) }
}

type LossBatch = TokenBatch & { readonly denominator: Scalar }

export interface Work {
  readonly policy: Policy
  readonly learner: Learner<LossBatch>
  readonly batch: OnDevice<LossBatch>
}

/** The program of loss and gradients is called 'bench-gradients'. */
export function trainingWork(backend: Backend, model: BenchModel, kind: Adaptation, batch: Batch): Work {
  const { config, weights } = model
  const adaptation: AdaptationConfig = adaptationSchema.parse(kind === 'full' ? { kind } : { kind, r: RANK })
  const policy = createPolicy(backend, config, copied(weights), {
    adaptation,
    seed: 1,
    hasValueHead: false,
    keepsReference: false,
  })
  const loss: LossFunction<LossBatch> = (params, batch) =>
    sftLoss({ ...batch, logp: forwardLogps({ config, temperature: 1 }, params, batch).logps })
  const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradNorm: 1 }
  const size = batch.rows * LENGTH
  return {
    policy,
    learner: createLearner(backend, policy, 'bench', loss, adam),
    batch: {
      ids: backend.tensor(batch.ids, [batch.rows, LENGTH]),
      targets: backend.tensor(batch.targets, [size]),
      mask: backend.tensor(new Float32Array(size).fill(1), [batch.rows, LENGTH]),
      denominator: backend.tensor(Float32Array.of(size), []),
    },
  }
}

/** A policy takes its weights over and changes them. */
const copied = (weights: BenchModel['weights']): BenchModel['weights'] =>
  new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]))
