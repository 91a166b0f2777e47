/**
 * GRPO (Shao et al. 2024, arXiv 2402.03300), and with `gpo.criticalStep` its guided form (Procedure I of arXiv 2509.16456).
 *
 *   for each iteration
 *     1. sample one trajectory per prompt, find its critical step m                                  } GPO only
 *     2. sample a group of G rollouts from one state: the prompt, or s_m with GPO
 *     3. advantage of each = (r − mean of its group) / (std of its group + ε)
 *     4. passes of the clipped policy loss, plus β KL (k3) to the reference
 *
 * A group shares its state, so with GPO the trajectory that led to s_m is not in it: the batch has G rollouts per prompt either way.
 * The loss of a rollout is the mean over its tokens, as in the paper's equation 3.
 */
import type { ObjectiveOf } from '@shared/schemas/plan'
import { resetRollouts } from '../gpo/reset'
import { rolloutsFromPrompts } from '../gpo/sampling'
import type { Rollout } from '../gpo/trajectory'
import { forward } from '../model/llama'
import { groupAdvantages } from '../objectives/group-advantage'
import { k3Kl } from '../objectives/k3-kl'
import { clippedPolicyLoss } from '../objectives/policy-gradient'
import { alignTokens } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { tokenLogps } from '../policy/score'
import { type Scalar, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { type Clock, startClock } from './clock'
import { findCriticalSteps, type Guided, guidedRecord, guideMetrics, isGuided, plainRecord } from './guide'
import { optimise, scalar } from './optimise'
import { completionMetrics, sequenceOf } from './rollout-metrics'
import { mean, type Procedure, promptsOf, type Run, samplingOf } from './run'

function grpoLoss({ policy, plan }: Run, objective: ObjectiveOf<'grpo'>): LossFunction {
  return (params, batch) => {
    const ids = batch['ids'] as Tensor2D
    const { hidden } = forward(policy.config, params, ids, { recomputesLayers: plan.budget.recomputeLayers })
    const logp = tokenLogps(
      policy.config,
      params,
      hidden,
      batch['targets'] as Tensor1D,
      ids.shape,
      plan.rollout.temperature,
    )
    const shared = { logp, mask: batch['weight']!, denominator: batch['denominator'] as Scalar }
    const actor = clippedPolicyLoss({
      ...shared,
      oldLogp: batch['oldLogp']!,
      advantages: batch['advantages']!,
      clip: objective.clip,
    })
    if (objective.kl === 0) return actor
    const penalty = k3Kl({ ...shared, refLogp: batch['refLogp']! })
    return {
      loss: tf.add(actor.loss, tf.mul(penalty.loss, objective.kl)) as Scalar,
      stats: { ...actor.stats, ...penalty.stats },
    }
  }
}

export function grpo(run: Run, objective: ObjectiveOf<'grpo'>): Procedure {
  const { plan, policy, backend, scorer } = run
  const learner = createLearner(backend, policy, 'grpo', grpoLoss(run, objective), plan.optimiser)
  const groupSize = plan.budget.trainedPerPrompt

  /** Steps 3 and 4. */
  async function learn(iteration: number, groups: readonly (readonly Rollout[])[]): Promise<Record<string, number>> {
    const judged = groups.map((group) =>
      groupAdvantages(
        group.map(({ verdict }) => verdict.reward),
        objective.epsilon,
      ),
    )
    const rollouts = groups.flat()
    const advantage = judged.flatMap(({ advantages }) => advantages)
    const sequences = rollouts.map(sequenceOf)
    const refLogps = objective.kl > 0 ? await scorer.logps(policy.reference(), sequences) : []
    const optimised = await optimise(run, learner, iteration, {
      epochs: objective.epochs,
      minibatches: objective.minibatches,
      units: sequences.map((sequence) => [sequence]),
      inputs: (batch, minibatch) => {
        const shape = [batch.rows, batch.length]
        const constant = (pick: (unit: number) => number) => ({
          data: alignTokens(batch, sequences, (unit) =>
            new Float32Array(rollouts[unit]!.logprobs.length).fill(pick(unit)),
          ),
          shape,
        })
        const listed = (lists: readonly Float32Array[]) => ({
          data: alignTokens(batch, sequences, (unit) => lists[unit]!),
          shape,
        })
        return {
          oldLogp: listed(rollouts.map(({ logprobs }) => logprobs)),
          advantages: constant((unit) => advantage[unit]!),
          weight: constant((unit) => 1 / rollouts[unit]!.logprobs.length),
          denominator: scalar(minibatch.length),
          ...(objective.kl > 0 ? { refLogp: listed(refLogps) } : {}),
        }
      },
    })
    return {
      ...optimised,
      reward_std: mean(judged.map(({ std }) => std)),
      frac_reward_zero_std: mean(judged.map(({ std }) => Number(std === 0))),
    }
  }

  const chunk = (rollouts: readonly Rollout[]) =>
    Array.from({ length: rollouts.length / groupSize }, (_, i) => rollouts.slice(i * groupSize, (i + 1) * groupSize))

  async function guidedGroups(iteration: number, clock: Clock): Promise<{ guided: Guided[]; groups: Rollout[][] }> {
    const sampling = await samplingOf(run, iteration, 'rollouts')
    const trajectories = await clock.time('rollouts', () => rolloutsFromPrompts(sampling, promptsOf(run, iteration), 1))
    const guided = await findCriticalSteps(run, clock, iteration, trajectories)
    const points = guided.map(({ trajectory, critical }) => ({ trajectory, step: critical.step }))
    const resetting = await samplingOf(run, iteration, 'reset')
    const groups = await clock.time('reset', () => resetRollouts(resetting, points, groupSize, plan.gpo.reuseRollouts))
    return { guided, groups }
  }

  return {
    learner,
    async iterate(iteration) {
      const clock = startClock()
      if (!isGuided(plan.gpo)) {
        const sampling = await samplingOf(run, iteration, 'rollouts')
        const rollouts = await clock.time('rollouts', () =>
          rolloutsFromPrompts(sampling, promptsOf(run, iteration), groupSize),
        )
        const learned = await clock.time('update', () => learn(iteration, chunk(rollouts)))
        return {
          metrics: { ...completionMetrics(rollouts), ...learned, ...clock.metrics() },
          trajectories: rollouts.map((rollout, i) => plainRecord(run, iteration, i, rollout)),
        }
      }
      const { guided, groups } = await guidedGroups(iteration, clock)
      const learned = await clock.time('update', () => learn(iteration, groups))
      return {
        metrics: {
          ...completionMetrics(guided.map(({ trajectory }) => trajectory)),
          ...learned,
          ...guideMetrics(guided, groups),
          ...clock.metrics(),
        },
        trajectories: guided.map((one, i) => guidedRecord(run, iteration, i, one, groups[i]!)),
      }
    },
  }
}
