/**
 * One optimiser step from a list of microbatches: gradients of each, accumulated, then the optimiser. Knows the loss only as a function of
 * parameters and a batch.
 */
import { GpoError } from '@shared/errors'
import type { HostTensor, HostTensors } from '../../formats/host-tensor'
import { leaf, mapTree } from '../core/tree'
import { dropoutWords } from '../model/dropout'
import type { Params } from '../model/params'
import type { ObjectiveResult } from '../objectives/result'
import type { AdamWConfig } from '../optim/adamw'
import { type Backend, type DeviceTensor, type DeviceTensors, disposeReplaced, type OnDevice } from '../tensor/backend'
import type { Tensors } from '../tensor/tensors'
import { type Scalar, type Tensor, tf } from '../tensor/tf'
import type { TokenBatch } from './batch'
import { createDeviceOptimiser } from './device-optimiser'
import { createHostOptimiser } from './host-optimiser'
import type { Policy } from './policy'

/** Pure. `params` holds frozen and trained parameters; the loss and its stats are this microbatch's share of the whole batch's. */
export type LossFunction<Batch extends TokenBatch = TokenBatch> = (params: Params, batch: Batch) => ObjectiveResult

export interface StepResult {
  readonly loss: number
  readonly gradNorm: number
  readonly stats: Readonly<Record<string, number>>
}

export interface Learner<Batch extends TokenBatch = TokenBatch> {
  /** Optimiser steps done. */
  readonly steps: number
  /** @throws GpoError('training') when loss or gradient is not finite; the policy then still has its last good parameters */
  step(microbatches: readonly OnDevice<Batch>[], learningRate: number): Promise<StepResult>
  snapshot(): Promise<Map<string, HostTensor>>
  restore(tensors: HostTensors, steps: number): void
}

interface GradientInput<Batch> {
  readonly frozen: Params
  readonly trainable: Params
  readonly dropout: Params
  readonly batch: Batch
}

interface Gradients {
  readonly loss: Scalar
  readonly stats: Tensors
  /** The names of the trained parameters. */
  readonly grads: Tensors
}

function lossAndGrads<Batch extends TokenBatch>(loss: LossFunction<Batch>) {
  return ({ frozen, trainable, dropout, batch }: GradientInput<Batch>): Gradients => {
    const names = Object.keys(trainable)
    const named = (tensors: readonly Tensor[]) => Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))
    let stats: Tensors = {}
    const evaluate = (...moved: Tensor[]): Scalar => {
      const result = loss({ ...frozen, ...named(moved), ...dropout }, batch)
      stats = Object.fromEntries(Object.entries(result.stats).map(([name, stat]) => [name, tf.keep(stat)]))
      return result.loss
    }
    const { value, grads } = tf.valueAndGrads(evaluate)(names.map((name) => trainable[name]!))
    return { loss: value, stats, grads: named(grads) }
  }
}

const sumTrees = ({ sums, own }: { readonly sums: Tensors; readonly own: Tensors }): Tensors =>
  mapTree(sums, (sum, name) => tf.add(sum, leaf(own, name, 'the gradients')))

export function createLearner<Batch extends TokenBatch>(
  backend: Backend,
  policy: Policy,
  name: string,
  loss: LossFunction<Batch>,
  config: AdamWConfig,
): Learner<Batch> {
  const gradients = backend.program(`${name}-gradients`, lossAndGrads(loss))
  const add = backend.program('add-gradients', sumTrees)
  const createOptimiser = backend.sharesHostMemory ? createHostOptimiser : createDeviceOptimiser
  const optimiser = createOptimiser(backend, policy.trainable, config)

  const scalarOf = async (tensor: DeviceTensor) => ((await backend.read(tensor)) as Float32Array)[0]!

  /** Adds `own` to `sums`, in their memory where the backend can. */
  async function added(sums: DeviceTensors, own: DeviceTensors): Promise<DeviceTensors> {
    const next = await add.run({ sums, own }, { outputs: 'fresh', into: sums })
    disposeReplaced(backend, sums, next)
    for (const tensor of Object.values(own)) backend.dispose(tensor)
    return next
  }

  /** The dropout words, a function of the plan's seed, the optimiser step and the microbatch, so that a resumed run uses the same masks. */
  function dropoutInputs(microbatch: number, shape: readonly number[]): DeviceTensors {
    const { dropout } = policy
    if (!dropout) return {}
    const rows = shape.reduce((a, b) => a * b, 1)
    const arrays = Object.entries(dropoutWords(dropout, [optimiser.steps, microbatch], rows))
    return Object.fromEntries(arrays.map(([name, { data, shape }]) => [name, backend.tensor(data, shape)]))
  }

  async function accumulate(microbatches: readonly OnDevice<Batch>[]) {
    let sums: DeviceTensors = {}
    let total = 0
    const totals: Record<string, number> = {}
    for (const [i, batch] of microbatches.entries()) {
      const dropout = dropoutInputs(i, batch.ids.shape)
      const { frozen, trainable } = policy
      const { loss, stats, grads } = await gradients.run({ frozen, trainable, dropout, batch }, { outputs: 'fresh' })
      total += await scalarOf(loss)
      for (const [key, stat] of Object.entries(stats)) totals[key] = (totals[key] ?? 0) + (await scalarOf(stat))
      for (const tensor of [loss, ...Object.values(stats), ...Object.values(dropout)]) backend.dispose(tensor)
      sums = i === 0 ? grads : await added(sums, grads)
    }
    return { grads: sums, loss: total, stats: totals }
  }

  return {
    get steps() {
      return optimiser.steps
    },
    async step(microbatches, learningRate) {
      const { grads, loss, stats } = await accumulate(microbatches)
      if (!Number.isFinite(loss)) throw notFinite('loss', loss, learningRate)
      const gradNorm = await optimiser.norm(grads)
      if (!Number.isFinite(gradNorm)) throw notFinite('gradient norm', gradNorm, learningRate)
      policy.adopt(await optimiser.update(policy.trainable, grads, gradNorm, learningRate))
      for (const tensor of Object.values(grads)) backend.dispose(tensor)
      return { loss, gradNorm, stats }
    },
    snapshot: optimiser.snapshot,
    restore: optimiser.restore,
  }
}

function notFinite(what: string, value: number, learningRate: number): GpoError {
  return new GpoError(
    'training',
    `the ${what} became ${value} at a learning rate of ${learningRate}: try a smaller one, or a lower maxGradNorm`,
  )
}
