/**
 * KTO (Ethayarajh et al. 2024, arXiv 2402.01306) and GPO-KTO: labelled rollouts from one state per trajectory, no pairs.
 *
 *   for each iteration
 *     1. collect groups of `trainedPerPrompt` rollouts, each from one state: the prompt, or a critical state with GPO   (collect.ts)
 *     2. label them by the verifier
 *     3. passes of the loss; before each step the baseline z from mismatched states and rollouts
 *
 * Without GPO, labels in the data replace steps 1 and 2 (see offline.ts). The kept prefix is part of the prompt, as for pairs: labels say which
 * continuation of the state is desirable, not whether the steps before it were.
 */
import type { ObjectiveOf } from '@shared/schemas/plan'
import { mean } from '../core/statistics'
import { ktoBaseline, ktoLoss } from '../objectives/kto'
import { scalar, type TokenBatch, type TokenSequence, unitValues } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { forwardLogps } from '../policy/score'
import { type Scalar, type Tensor1D, tf } from '../tensor/tf'
import { collect } from './collect'
import { groupMetrics } from './group-samples'
import { startIteration } from './iteration'
import { onRows } from './offline'
import { optimise } from './optimise'
import { report } from './report'
import { forwardSettings, type Metrics, type Procedure, type Run } from './run'
import { type LabelledSequence, labelledSequence, sumOf } from './sequences'

type KtoBatch = TokenBatch & {
  /** [B] each. */
  readonly refLogp: Tensor1D
  readonly label: Tensor1D
  readonly weight: Tensor1D
  /** z */
  readonly klBaseline: Scalar
  readonly denominator: Scalar
  readonly desirableCount: Scalar
  readonly undesirableCount: Scalar
}

function loss(run: Run, { beta, desirableWeight, undesirableWeight }: ObjectiveOf<'kto'>): LossFunction<KtoBatch> {
  const settings = forwardSettings(run)
  return (params, batch) => {
    const { logps } = forwardLogps(settings, params, batch)
    const logp = tf.sum(tf.mul(logps, batch.mask), 1)
    return ktoLoss({ ...batch, logp, beta, desirableWeight, undesirableWeight })
  }
}

/** The new tokens of one sequence after the state of another. */
const mismatched = (state: TokenSequence, action: TokenSequence): TokenSequence => ({
  ids: Int32Array.from([...state.ids.subarray(0, state.start), ...action.ids.subarray(action.start)]),
  start: state.start,
})

export function kto(run: Run, objective: ObjectiveOf<'kto'>): Procedure {
  const { plan, policy, backend, scorer } = run
  const learner = createLearner(backend, policy, 'kto', loss(run, objective), plan.optimiser)

  /** z over a minibatch, with the parameters as they are before its step. */
  async function baseline(matched: readonly TokenSequence[]): Promise<number> {
    if (matched.length < 2) return 0
    const sequences = matched.map((sequence, i) => mismatched(matched[(i + 1) % matched.length]!, sequence))
    const own = await scorer.logps(await policy.dense(), sequences)
    const reference = await scorer.logps(policy.reference(), sequences)
    return ktoBaseline(own.map((logps, i) => sumOf(logps) - sumOf(reference[i]!)))
  }

  async function learn(index: number, rows: readonly LabelledSequence[]): Promise<Metrics> {
    if (rows.length === 0) return { num_tokens: 0 } // every group was decided and left out
    const sequences = rows.map(({ sequence }) => sequence)
    const refLogps = (await scorer.logps(policy.reference(), sequences)).map(sumOf)
    const labels = rows.map(({ isDesirable }) => Number(isDesirable))
    let z = 0
    const learned = await optimise(run, learner, index, {
      epochs: objective.epochs,
      minibatches: objective.minibatches,
      units: sequences.map((sequence) => [sequence]),
      beforeStep: async (minibatch) => {
        z = await baseline(minibatch.map((unit) => sequences[unit]!))
      },
      inputs: (batch, minibatch) => {
        const desirable = minibatch.filter((unit) => labels[unit] === 1).length
        return {
          refLogp: unitValues(batch, 1, (unit) => refLogps[unit]!),
          label: unitValues(batch, 1, (unit) => labels[unit]!),
          weight: unitValues(batch, 1, () => 1),
          klBaseline: scalar(z),
          denominator: scalar(minibatch.length),
          desirableCount: scalar(desirable),
          undesirableCount: scalar(minibatch.length - desirable),
        }
      },
    })
    return { desirable_ratio: mean(labels), ...learned }
  }

  if (run.labelled.length > 0) return { learner, iterate: onRows(run, run.labelled, learn) }

  return {
    learner,
    async iterate(index) {
      const iteration = startIteration(run, index)
      const collected = await collect(run, index, iteration, { size: plan.budget.trainedPerPrompt })
      const rows = collected.groups.flatMap(({ rollouts }) => rollouts.map(labelledSequence))
      const learned = await iteration.learn(() => learn(index, rows))
      return report(run.text, index, iteration, {
        ...collected,
        learned: { ...groupMetrics(collected.groups), ...learned },
      })
    },
  }
}
