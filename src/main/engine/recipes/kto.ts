/**
 * KTO (Ethayarajh et al. 2024, arXiv 2402.01306), and with `gpo.criticalStep` GPO-KTO (Procedure II of arXiv 2509.16456).
 *
 *   for each iteration
 *     1. sample one trajectory per prompt; with GPO find its critical step m
 *     2. `trainedPerPrompt` rollouts from s_m (or the prompt), each desirable (correct) or undesirable
 *     3. passes of the KTO loss; before each optimiser step the baseline z = max(0, mean Δ) over the minibatch's mismatched pairs:
 *        completion i after the state of completion i + 1
 */
import type { ObjectiveOf } from '@shared/schemas/plan'
import { resetRollouts } from '../gpo/reset'
import type { Rollout } from '../gpo/trajectory'
import { forward } from '../model/llama'
import { ktoBaseline, ktoLoss } from '../objectives/kto'
import type { TokenSequence } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { tokenLogps } from '../policy/score'
import { type Scalar, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { startClock } from './clock'
import { describe, findStates } from './contrast'
import { isGuided } from './guide'
import { optimise, scalar } from './optimise'
import { sequenceOf } from './rollout-metrics'
import { type Procedure, promptsOf, type Run, samplingOf } from './run'

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0)
const isDesirable = ({ verdict }: Rollout) => verdict.status === 'correct'

function loss(run: Run, { beta, desirableWeight, undesirableWeight }: ObjectiveOf<'kto'>): LossFunction {
  const { policy, plan } = run
  return (params, batch) => {
    const ids = batch['ids'] as Tensor2D
    const { hidden } = forward(policy.config, params, ids, { recomputesLayers: plan.budget.recomputeLayers })
    const logps = tokenLogps(policy.config, params, hidden, batch['targets'] as Tensor1D, ids.shape, 1)
    return ktoLoss({
      logp: tf.sum(tf.mul(logps, batch['mask']!), 1),
      refLogp: batch['refLogp']!,
      label: batch['label']!,
      weight: batch['weight']!,
      klBaseline: batch['klBaseline'] as Scalar,
      denominator: batch['denominator'] as Scalar,
      desirableCount: batch['desirableCount'] as Scalar,
      undesirableCount: batch['undesirableCount'] as Scalar,
      beta,
      desirableWeight,
      undesirableWeight,
    })
  }
}

/** The new tokens of one rollout after the state of another. */
function mismatched(state: Rollout, action: Rollout): TokenSequence {
  const before = sequenceOf(state)
  return {
    ids: Int32Array.from([...before.ids.subarray(0, before.start), ...action.tokens.subarray(action.kept)]),
    start: before.start,
  }
}

export function kto(run: Run, objective: ObjectiveOf<'kto'>): Procedure {
  const { plan, policy, backend, scorer } = run
  const learner = createLearner(backend, policy, 'kto', loss(run, objective), plan.optimiser)

  /** z over a minibatch, with the parameters as they are before its step. */
  async function baseline(rollouts: readonly Rollout[], minibatch: readonly number[]): Promise<number> {
    if (minibatch.length < 2) return 0
    const sequences = minibatch.map((unit, i) =>
      mismatched(rollouts[minibatch[(i + 1) % minibatch.length]!]!, rollouts[unit]!),
    )
    const own = await scorer.logps(await policy.dense(), sequences)
    const reference = await scorer.logps(policy.reference(), sequences)
    return ktoBaseline(own.map((logps, i) => sum(logps) - sum(reference[i]!)))
  }

  async function learn(iteration: number, rollouts: readonly Rollout[]): Promise<Record<string, number>> {
    const sequences = rollouts.map(sequenceOf)
    const refLogps = (await scorer.logps(policy.reference(), sequences)).map(sum)
    let z = 0
    return optimise(run, learner, iteration, {
      epochs: objective.epochs,
      minibatches: objective.minibatches,
      units: sequences.map((sequence) => [sequence]),
      beforeStep: async (minibatch) => {
        z = await baseline(rollouts, minibatch)
      },
      inputs: (batch, minibatch) => {
        const column = (pick: (unit: number) => number) => {
          const data = new Float32Array(batch.rows)
          data.set(batch.units.map(pick))
          return { data, shape: [batch.rows] }
        }
        const desirable = minibatch.filter((unit) => isDesirable(rollouts[unit]!)).length
        return {
          refLogp: column((unit) => refLogps[unit]!),
          label: column((unit) => Number(isDesirable(rollouts[unit]!))),
          weight: column(() => 1),
          klBaseline: scalar(z),
          denominator: scalar(minibatch.length),
          desirableCount: scalar(desirable),
          undesirableCount: scalar(minibatch.length - desirable),
        }
      },
    })
  }

  return {
    learner,
    async iterate(iteration) {
      const clock = startClock()
      const contrast = await findStates(run, clock, iteration, promptsOf(run, iteration))
      const guided = isGuided(plan.gpo)
      const sampling = await samplingOf(run, iteration, guided ? 'reset' : 'rollouts')
      const isReusing = plan.gpo.reuseRollouts || !guided
      const found = await clock.time(guided ? 'reset' : 'rollouts', () =>
        resetRollouts(sampling, contrast.points, plan.budget.trainedPerPrompt, isReusing),
      )
      const rollouts = found.flat()
      const learned = await clock.time('update', () => learn(iteration, rollouts))
      const { metrics, records } = describe(run, iteration, [contrast], found, new Set(rollouts))
      const desirable = rollouts.filter(isDesirable).length / rollouts.length
      const { pairs: _, 'pairs/attempts': __, ...shared } = metrics
      return {
        metrics: { ...shared, desirable_ratio: desirable, ...learned, ...clock.metrics() },
        trajectories: records,
      }
    },
  }
}
