/**
 * The common part of the pairwise procedures (arXiv 2509.16456, Procedure II): DPO, SimPO and ORPO differ only in the loss.
 *
 *   for each iteration
 *     1. sample one trajectory per prompt; with GPO find its critical step m
 *     2. from s_m (or the prompt) sample until there are correct and incorrect rollouts: pairs          (contrasts.ts)
 *     3. passes of the pairwise loss over them; the kept prefix is part of the prompt
 *
 * Without GPO, pairs in the data replace steps 1 and 2 (see offline.ts).
 *
 * Equal budgets (but for `trainOn: all`): an iteration trains on exactly `promptsPerIteration · trainedPerPrompt` pairs, with or without GPO; if states never give both
 * outcomes, further prompts are sampled, in at most MAX_WAVES waves. The metric `pairs` is the number of pairs.
 */
import { usesReference } from '@shared/method/reference'
import { groupOf } from '../gpo/groups'
import { pairUp } from '../gpo/pairs'
import type { Trajectory } from '../gpo/trajectory'
import type { ObjectiveResult } from '../objectives/result'
import { scalar, type TokenBatch, type TokenSequence, unitValues } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { forwardLogps } from '../policy/score'
import { type Scalar, type Tensor, type Tensor1D, tf } from '../tensor/tf'
import { type Contrasts, contrasts } from './contrasts'
import { startIteration } from './iteration'
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
      const found: Contrasts[] = []
      const groups = () => found.flatMap((one) => one.groups)
      const pairs = () => groups().flatMap((rollouts) => pairUp(rollouts, trainedPerPrompt))
      for (let wave = 0; pairs().length < wanted && wave < MAX_WAVES; wave++) {
        const part = wave === 0 ? iteration : iteration.part(wave)
        const sampled = await part.sample(wave === 0 ? promptsOf(run, index) : laterPrompts(run, index, wave), 1)
        found.push(await contrasts(run, part, sampled))
        trajectories.push(...sampled)
      }
      const chosen = plan.gpo.trainOn === 'all' ? pairs() : pairs().slice(0, wanted)
      const learned = await iteration.learn(() => learn(index, chosen.map(sequencePair)))
      return report(run.text, index, iteration, {
        trajectories,
        guided: found.flatMap(({ guided }) => guided),
        resets: found.flatMap(({ resets }) => resets),
        groups: groups().map(groupOf),
        trained: new Set(chosen.flatMap(({ chosen, rejected }) => [chosen, rejected])),
        learned: { pairs: chosen.length, 'pairs/attempts': groups().flat().length, ...learned },
      })
    },
  }
}
