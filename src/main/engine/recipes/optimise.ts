/** The passes over a batch: epochs, minibatches, microbatches, one optimiser step each. */

import { deriveSeed, permutation } from '../core/rng'
import { learningRateAt } from '../optim/schedule'
import { batchTensors, type Microbatch, packUnits, type TokenSequence } from '../policy/batch'
import type { Learner } from '../policy/learner'
import type { DeviceTensors } from '../tensor/backend'
import { type Run, totalSteps } from './run'

/** More inputs of the loss for one microbatch: arrays with their shapes, and scalars that concern the whole minibatch. */
export type BatchInputs = Readonly<Record<string, { data: Float32Array; shape: readonly number[] }>>

export interface Optimisation {
  readonly epochs: number
  readonly minibatches: number
  /** What stays together: single sequences or pairs. */
  readonly units: readonly (readonly TokenSequence[])[]
  /**
   * The loss's inputs for a microbatch. `minibatch` holds the units of the whole optimiser step, for denominators and for means over it;
   * units are indices into `units`.
   */
  readonly inputs: (batch: Microbatch, minibatch: readonly number[]) => BatchInputs
  /** Once before each optimiser step, e.g. for a baseline over the minibatch. */
  readonly beforeStep?: (minibatch: readonly number[]) => Promise<void>
}

export const scalar = (value: number) => ({ data: Float32Array.of(value), shape: [] })

function split(order: Int32Array, parts: number): number[][] {
  const size = Math.ceil(order.length / parts)
  return Array.from({ length: parts }, (_, i) => [...order.subarray(i * size, (i + 1) * size)]).filter(
    (part) => part.length > 0,
  )
}

/** Tokens that are learnt from: without prompts and kept prefixes. */
const learntTokens = (units: Optimisation['units']): number =>
  units.flat().reduce((sum, { ids, start }) => sum + ids.length - start, 0)

/** Runs all passes and returns the means of loss, gradient norm and stats over the optimiser steps, and the batch's `num_tokens`. */
export async function optimise(
  run: Run,
  learner: Learner,
  iteration: number,
  work: Optimisation,
): Promise<Record<string, number>> {
  const { units, epochs, minibatches } = work
  const { optimiser, budget, seed } = run.plan
  const results: Record<string, number>[] = []
  let rate = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(units.length, deriveSeed(seed, iteration, 11, epoch))
    for (const minibatch of split(order, minibatches)) {
      await work.beforeStep?.(minibatch)
      rate = learningRateAt(learner.steps, totalSteps(run.plan), optimiser)
      const batches = packUnits(
        minibatch.map((unit) => units[unit]!),
        budget.microbatchTokens,
      ).map((batch) => ({
        ...batch,
        units: batch.units.map((i) => minibatch[i]!),
      }))
      const tensors: DeviceTensors[] = batches.map((batch) =>
        batchTensors(run.backend, batch, work.inputs(batch, minibatch)),
      )
      const { loss, gradNorm, stats } = await learner.step(tensors, rate)
      for (const tensor of tensors.flatMap((batch) => Object.values(batch))) run.backend.dispose(tensor)
      results.push({ loss, grad_norm: gradNorm, ...stats })
      run.onProgress('update', iteration, results.length, epochs * minibatches, 0)
    }
  }
  const names = Object.keys(results[0] ?? {})
  const averages = Object.fromEntries(
    names.map((name) => [name, results.reduce((sum, r) => sum + (r[name] ?? 0), 0) / results.length]),
  )
  return { ...averages, learning_rate: rate, num_tokens: learntTokens(units) }
}
