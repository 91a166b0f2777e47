/** The passes over a batch: epochs, minibatches with one optimiser step each, microbatches. */

import { deriveSeed, permutation } from '../core/rng'
import { STREAM } from '../core/streams'
import { learningRateAt } from '../optim/schedule'
import {
  batchTensors,
  type Microbatch,
  type OnHost,
  packUnits,
  type TokenBatch,
  type TokenSequence,
} from '../policy/batch'
import type { Learner } from '../policy/learner'
import type { DeviceTensor, OnDevice } from '../tensor/backend'
import { type Metrics, type Run, totalSteps } from './run'

export interface Optimisation<Batch extends TokenBatch> {
  readonly epochs: number
  readonly minibatches: number
  /** Sequences that stay together: single ones or pairs. */
  readonly units: readonly (readonly TokenSequence[])[]
  /**
   * The inputs of the loss besides the tokens of a microbatch. `minibatch` holds the units of the whole optimiser step, for denominators and for
   * means over it; units are indices into `units`.
   */
  readonly inputs: (batch: Microbatch, minibatch: readonly number[]) => OnHost<Omit<Batch, keyof TokenBatch>>
  /** Called before each optimiser step, e.g. for a baseline over the minibatch. */
  readonly beforeStep?: (minibatch: readonly number[]) => Promise<void>
}

function split(order: Int32Array, parts: number): number[][] {
  const size = Math.ceil(order.length / parts)
  return Array.from({ length: parts }, (_, i) => [...order.subarray(i * size, (i + 1) * size)]).filter(
    (part) => part.length > 0,
  )
}

/** Number of trained tokens: without prompts and kept prefixes. */
export const trainedTokens = (sequences: readonly TokenSequence[]): number =>
  sequences.reduce((sum, { ids, start }) => sum + ids.length - start, 0)

/** Runs all passes and returns the means of loss, gradient norm and stats over the optimiser steps, and the batch's `num_tokens`. */
export async function optimise<Batch extends TokenBatch>(
  run: Run,
  learner: Learner<Batch>,
  iteration: number,
  work: Optimisation<Batch>,
): Promise<Metrics> {
  const { units, epochs, minibatches } = work
  const { optimiser, budget, seed } = run.plan
  const results: Record<string, number>[] = []
  let rate = 0
  run.onProgress('update', iteration, 0, epochs * minibatches, 0)
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = permutation(units.length, deriveSeed(seed, iteration, STREAM.batchOrder, epoch))
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
      const tensors = batches.map(
        (batch) => batchTensors(run.backend, batch, work.inputs(batch, minibatch)) as OnDevice<Batch>, // a batch consists of its tokens and the other inputs
      )
      const { loss, gradNorm, stats } = await learner.step(tensors, rate)
      for (const tensor of tensors.flatMap((batch) => Object.values<DeviceTensor>(batch))) run.backend.dispose(tensor)
      results.push({ loss, grad_norm: gradNorm, ...stats })
      run.onProgress('update', iteration, results.length, epochs * minibatches, 0)
    }
  }
  const names = Object.keys(results[0] ?? {})
  const averages = Object.fromEntries(
    names.map((name) => [name, results.reduce((sum, r) => sum + (r[name] ?? 0), 0) / results.length]),
  )
  return { ...averages, learning_rate: rate, num_tokens: trainedTokens(units.flat()) }
}
