/**
 * The common part of the pairwise procedures (arXiv 2509.16456, Procedure II): DPO, SimPO and ORPO differ only in the loss.
 *
 *   for each iteration
 *     1. sample one trajectory per prompt; with GPO find its critical step m
 *     2. from s_m (or the prompt) sample until there are correct and incorrect rollouts: pairs
 *     3. passes of the pairwise loss over them; the kept prefix is part of the prompt
 *
 * Without GPO, pairs in the data replace steps 1 and 2 (see offline.ts).
 *
 * Equal budgets: an iteration trains on exactly `promptsPerIteration · trainedPerPrompt` pairs, with or without GPO; if states never give both
 * outcomes, further prompts are sampled, in at most MAX_WAVES waves. The metric `pairs` is the number of pairs.
 */
import { usesReference } from '@shared/method/reference'
import { pairUp } from '../gpo/pairs'
import type { Rollout, Trajectory } from '../gpo/trajectory'
import type { ObjectiveResult } from '../objectives/result'
import { scalar, type TokenBatch, type TokenSequence, unitValues } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { forwardLogps } from '../policy/score'
import { type Scalar, type Tensor, type Tensor1D, tf } from '../tensor/tf'
import { type Guided, guide, startIteration, startsOf } from './iteration'
import { onRows } from './offline'
import { optimise } from './optimise'
import { report } from './report'
import { forwardSettings, laterPrompts, type Metrics, type Procedure, promptsOf, type Run } from './run'
import { type SequencePair, sequencePair, sumOf } from './sequences'

/** Most waves of prompts per iteration. */
const MAX_WAVES = 4

/** [P] each: one number a pair. */
interface PairInputs {
  readonly refLogpChosen: Tensor1D
  readonly refLogpRejected: Tensor1D
  readonly weight: Tensor1D
  readonly denominator: Scalar
}

/** The inputs of a pairwise loss, [P] each. */
export interface PairTensors extends PairInputs {
  readonly logpChosen: Tensor
  readonly logpRejected: Tensor
  readonly lengthChosen: Tensor
  readonly lengthRejected: Tensor
}

export interface PairwiseObjective {
  readonly name: string
  readonly epochs: number
  readonly minibatches: number
  readonly loss: (pairs: PairTensors) => ObjectiveResult
}

/** [2P] → the chosen half, the rejected half. */
const halves = (rows: Tensor) => tf.split(rows, 2, 0) as [Tensor, Tensor]

function pairwiseLoss(run: Run, { loss }: PairwiseObjective): LossFunction<TokenBatch & PairInputs> {
  const settings = forwardSettings(run)
  return (params, batch) => {
    const { logps } = forwardLogps(settings, params, batch)
    const [logpChosen, logpRejected] = halves(tf.sum(tf.mul(logps, batch.mask), 1))
    const [lengthChosen, lengthRejected] = halves(tf.sum(batch.mask, 1))
    return loss({ ...batch, logpChosen, logpRejected, lengthChosen, lengthRejected })
  }
}

export function pairwise(run: Run, objective: PairwiseObjective): Procedure {
  const { plan, policy, backend, scorer } = run
  const { promptsPerIteration, trainedPerPrompt } = plan.budget
  const wanted = promptsPerIteration * trainedPerPrompt
  const learner = createLearner(backend, policy, objective.name, pairwiseLoss(run, objective), plan.optimiser)

  /** The reference log-probabilities of one side of each pair; zeros for losses without a reference. */
  async function referenceLogps(sequences: readonly TokenSequence[]): Promise<number[]> {
    if (!usesReference(plan.objective)) return sequences.map(() => 0)
    return (await scorer.logps(policy.reference(), sequences)).map(sumOf)
  }

  async function learn(index: number, pairs: readonly SequencePair[]): Promise<Metrics> {
    if (pairs.length === 0) return {}
    const refChosen = await referenceLogps(pairs.map(({ chosen }) => chosen))
    const refRejected = await referenceLogps(pairs.map(({ rejected }) => rejected))
    return optimise(run, learner, index, {
      epochs: objective.epochs,
      minibatches: objective.minibatches,
      units: pairs.map(({ chosen, rejected }) => [chosen, rejected]),
      inputs: (batch, minibatch) => ({
        refLogpChosen: unitValues(batch, 2, (unit) => refChosen[unit]!),
        refLogpRejected: unitValues(batch, 2, (unit) => refRejected[unit]!),
        weight: unitValues(batch, 2, () => 1),
        denominator: scalar(minibatch.length),
      }),
    })
  }

  if (run.pairs.length > 0)
    return {
      learner,
      iterate: onRows(run, run.pairs, async (index, pairs) => ({
        pairs: pairs.length,
        ...(await learn(index, pairs)),
      })),
    }

  return {
    learner,
    async iterate(index) {
      const iteration = startIteration(run, index)
      const trajectories: Trajectory[] = []
      const guided: Guided[] = []
      const resets: Rollout[][] = []
      const pairs = () => resets.flatMap((rollouts) => pairUp(rollouts, trainedPerPrompt)).slice(0, wanted)
      for (let wave = 0; pairs().length < wanted && wave < MAX_WAVES; wave++) {
        const tasks = wave === 0 ? promptsOf(run, index) : laterPrompts(run, index, wave)
        const sampled = await iteration.sample(tasks, 1, wave)
        const found = await guide(iteration, sampled)
        resets.push(...(await iteration.contrast(startsOf(sampled, found), trainedPerPrompt, wave)))
        trajectories.push(...sampled)
        guided.push(...found)
      }
      const learned = await iteration.learn(() => learn(index, pairs().map(sequencePair)))
      const trained = new Set(pairs().flatMap(({ chosen, rejected }) => [chosen, rejected]))
      const counts = { pairs: trained.size / 2, 'pairs/attempts': resets.flat().length }
      return report(run.text, index, iteration, {
        trajectories,
        guided,
        resets,
        trained,
        learned: { ...counts, ...learned },
      })
    },
  }
}
