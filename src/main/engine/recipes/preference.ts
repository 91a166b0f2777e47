/**
 * The pairwise procedures' common half (arXiv 2509.16456, Procedure II): harvest pairs, score them under the reference where the loss wants
 * it, pass over them. DPO, SimPO and ORPO differ in the loss alone.
 *
 *   for each iteration
 *     1. sample one trajectory per prompt; with GPO find its critical step m
 *     2. from s_m (or the prompt) sample until there are correct and incorrect rollouts: pairs
 *     3. passes of the pairwise loss over them; the kept prefix is part of the prompt
 */

import type { Pair } from '../gpo/reset'
import { forward } from '../model/llama'
import type { ObjectiveResult } from '../objectives/result'
import { createLearner } from '../policy/learner'
import { tokenLogps } from '../policy/score'
import type { Tensors } from '../tensor/tensors'
import { type Scalar, type Tensor, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { startClock } from './clock'
import { harvestPairs } from './contrast'
import { type BatchInputs, optimise, scalar } from './optimise'
import { sequenceOf } from './rollout-metrics'
import type { Procedure, Run } from './run'

/** What a pairwise loss gets, [P] each. */
export interface PairTensors {
  readonly logpChosen: Tensor
  readonly logpRejected: Tensor
  readonly lengthChosen: Tensor
  readonly lengthRejected: Tensor
  readonly refLogpChosen: Tensor
  readonly refLogpRejected: Tensor
  readonly weight: Tensor
  readonly denominator: Scalar
}

export interface PairwiseObjective {
  readonly name: string
  readonly epochs: number
  readonly minibatches: number
  readonly usesReference: boolean
  readonly loss: (pairs: PairTensors) => ObjectiveResult
}

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0)

/** [2P] → the chosen half, the rejected half. */
function halves(rows: Tensor): { chosen: Tensor; rejected: Tensor } {
  const [chosen, rejected] = tf.split(rows, 2, 0) as [Tensor, Tensor]
  return { chosen, rejected }
}

function pairTensors(run: Run, params: Tensors, batch: Tensors): PairTensors {
  const { policy, plan } = run
  const ids = batch['ids'] as Tensor2D
  const { hidden } = forward(policy.config, params, ids, { recomputesLayers: plan.budget.recomputeLayers })
  const logps = tokenLogps(policy.config, params, hidden, batch['targets'] as Tensor1D, ids.shape, 1)
  const sums = halves(tf.sum(tf.mul(logps, batch['mask']!), 1))
  const lengths = halves(tf.sum(batch['mask']!, 1))
  return {
    logpChosen: sums.chosen,
    logpRejected: sums.rejected,
    lengthChosen: lengths.chosen,
    lengthRejected: lengths.rejected,
    refLogpChosen: batch['refLogpChosen']!,
    refLogpRejected: batch['refLogpRejected']!,
    weight: batch['weight']!,
    denominator: batch['denominator'] as Scalar,
  }
}

async function referenceSums(run: Run, pairs: readonly Pair[], side: keyof Pair): Promise<number[]> {
  const sequences = pairs.map((pair) => sequenceOf(pair[side]))
  return (await run.scorer.logps(run.policy.reference(), sequences)).map(sum)
}

export function pairwise(run: Run, objective: PairwiseObjective): Procedure {
  const { plan, policy, backend } = run
  const learner = createLearner(
    backend,
    policy,
    objective.name,
    (params, batch) => objective.loss(pairTensors(run, params, batch)),
    plan.optimiser,
  )

  async function learn(iteration: number, pairs: readonly Pair[]): Promise<Record<string, number>> {
    if (pairs.length === 0) return {}
    const nothing = pairs.map(() => 0)
    const refChosen = objective.usesReference ? await referenceSums(run, pairs, 'chosen') : nothing
    const refRejected = objective.usesReference ? await referenceSums(run, pairs, 'rejected') : nothing
    return optimise(run, learner, iteration, {
      epochs: objective.epochs,
      minibatches: objective.minibatches,
      units: pairs.map(({ chosen, rejected }) => [sequenceOf(chosen), sequenceOf(rejected)]),
      inputs: (batch, minibatch): BatchInputs => {
        const shape = [batch.rows / 2]
        const column = (pick: (unit: number) => number) => {
          const data = new Float32Array(batch.rows / 2)
          data.set(batch.units.map(pick))
          return { data, shape }
        }
        return {
          refLogpChosen: column((unit) => refChosen[unit]!),
          refLogpRejected: column((unit) => refRejected[unit]!),
          weight: column(() => 1),
          denominator: scalar(minibatch.length),
        }
      },
    })
  }

  return {
    learner,
    async iterate(iteration) {
      const clock = startClock()
      const { pairs, metrics, records } = await harvestPairs(run, clock, iteration)
      const learned = await clock.time('update', () => learn(iteration, pairs))
      return { metrics: { ...metrics, ...learned, ...clock.metrics() }, trajectories: records }
    },
  }
}
