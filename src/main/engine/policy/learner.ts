/**
 * One optimiser step from a list of microbatches: gradients of each, accumulated, then the optimiser. Knows the loss only as a function of
 * parameters and a batch.
 */
import { GpoError } from '@shared/errors'
import type { HostTensor, HostTensors } from '../../formats/host-tensor'
import { dropoutWords } from '../model/dropout'
import { type Params, underPrefix, withPrefix } from '../model/params'
import type { ObjectiveResult } from '../objectives/result'
import type { AdamWConfig } from '../optim/adamw'
import type { Backend, DeviceTensor, DeviceTensors } from '../tensor/backend'
import type { Tensors } from '../tensor/tensors'
import { type Scalar, type Tensor, tf } from '../tensor/tf'
import { createOptimiser, disposeReplaced } from './optimiser'
import type { Policy } from './policy'

/** Pure. `params` holds frozen and trained parameters; the loss and its stats are this microbatch's share of the whole batch's. */
export type LossFunction = (params: Params, batch: Tensors) => ObjectiveResult

export interface StepResult {
  readonly loss: number
  readonly gradNorm: number
  readonly stats: Readonly<Record<string, number>>
}

export interface Learner {
  /** Optimiser steps done. */
  readonly steps: number
  /** @throws GpoError('training') when loss or gradient is not finite; the policy then still has its last good parameters */
  step(microbatches: readonly DeviceTensors[], learningRate: number): Promise<StepResult>
  snapshot(): Promise<Map<string, HostTensor>>
  restore(tensors: HostTensors, steps: number): void
}

function lossAndGrads(loss: LossFunction) {
  return (inputs: Tensors): Tensors => {
    const frozen = underPrefix('frozen.', inputs)
    const trainable = underPrefix('trainable.', inputs)
    const batch = underPrefix('batch.', inputs)
    const dropout = underPrefix('dropout.', inputs)
    const names = Object.keys(trainable)
    let stats: Readonly<Record<string, Scalar>> = {}
    const evaluate = (...tensors: Tensor[]): Scalar => {
      const moved = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]))
      const result = loss({ ...frozen, ...moved, ...dropout }, batch)
      stats = Object.fromEntries(Object.entries(result.stats).map(([name, stat]) => [name, tf.keep(stat)]))
      return result.loss
    }
    const { value, grads } = tf.valueAndGrads(evaluate)(names.map((name) => trainable[name]!))
    const named = Object.fromEntries(names.map((name, i) => [name, grads[i]!]))
    return { loss: value, ...withPrefix('stat.', stats), ...withPrefix('grad.', named) }
  }
}

const sumTrees = (inputs: Tensors): Tensors => {
  const right = underPrefix('b.', inputs)
  return Object.fromEntries(
    Object.entries(underPrefix('a.', inputs)).map(([name, a]) => [name, tf.add(a, right[name]!)]),
  )
}

export function createLearner(
  backend: Backend,
  policy: Policy,
  name: string,
  loss: LossFunction,
  config: AdamWConfig,
): Learner {
  const gradients = backend.program(`${name}-gradients`, lossAndGrads(loss))
  const add = backend.program('add-gradients', sumTrees)
  const optimiser = createOptimiser(backend, policy.trainable, config)

  const scalarOf = async (tensor: DeviceTensor) => ((await backend.read(tensor)) as Float32Array)[0]!

  /** Adds `own` to `sums`, in their memory where the backend can. */
  async function added(sums: DeviceTensors, own: DeviceTensors): Promise<DeviceTensors> {
    const inputs = { ...withPrefix('a.', sums), ...withPrefix('b.', own) }
    const next = await add.run(inputs, { outputs: 'fresh', into: sums })
    disposeReplaced(backend, sums, next)
    for (const tensor of Object.values(own)) backend.dispose(tensor)
    return next
  }

  /** A function of the plan's seed, the optimiser step and the microbatch: a resumed run leaves out the same. */
  function dropoutInputs(microbatch: number, shape: readonly number[]): DeviceTensors {
    const { dropout } = policy
    if (!dropout) return {}
    const rows = shape.reduce((a, b) => a * b, 1)
    const arrays = Object.entries(dropoutWords(dropout, [optimiser.steps, microbatch], rows))
    return Object.fromEntries(arrays.map(([name, { data, shape }]) => [name, backend.tensor(data, shape)]))
  }

  async function accumulate(microbatches: readonly DeviceTensors[]) {
    let grads: DeviceTensors = {}
    let total = 0
    const stats: Record<string, number> = {}
    for (const [i, batch] of microbatches.entries()) {
      const dropout = dropoutInputs(i, batch['ids']?.shape ?? [])
      const inputs = {
        ...withPrefix('dropout.', dropout),
        ...withPrefix('frozen.', policy.frozen),
        ...withPrefix('trainable.', policy.trainable),
        ...withPrefix('batch.', batch),
      }
      const out = await gradients.run(inputs, { outputs: 'fresh' })
      total += await scalarOf(out['loss']!)
      for (const [key, stat] of Object.entries(underPrefix('stat.', out)))
        stats[key] = (stats[key] ?? 0) + (await scalarOf(stat))
      const used = [out['loss']!, ...Object.values(underPrefix('stat.', out)), ...Object.values(dropout)]
      for (const tensor of used) backend.dispose(tensor)
      const own = underPrefix('grad.', out)
      grads = i === 0 ? own : await added(grads, own)
    }
    return { grads, loss: total, stats }
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
