/**
 * PPO (Schulman et al. 2017, arXiv 1707.06347), and with `gpo.criticalStep` GPO-PPO (Yu et al. 2025, arXiv 2509.16456, Procedure I).
 *
 *   for each iteration
 *     1. collect rollouts: trajectories y ~ π(· | x), and with GPO new ones y' ~ π(· | s_m) from their critical states   (collect.ts)
 *     2. token rewards: verifier on the last token, −k (log π − log π_ref) on each
 *     3. GAE, whitened; several passes of the clipped policy and value losses
 *
 * Equal budgets: the batch has `trainedPerPrompt` rollouts per prompt either way, with GPO one from the prompt and the others from s_m.
 * The kept prefix of y' is state: no policy loss, no value loss, no KL. With `baseline: group` there is no value function: see group-policy.ts.
 */
import { reusesContinuations } from '@shared/method/guided'
import type { ObjectiveOf } from '@shared/schemas/plan'
import type { Rollout } from '../gpo/trajectory'
import { valueHead } from '../model/llama'
import { clippedPolicyLoss } from '../objectives/policy-gradient'
import { clippedValueLoss } from '../objectives/value'
import { scalar, type TokenBatch, tokenValues } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { forwardLogps } from '../policy/score'
import { type Scalar, type Tensor2D, tf } from '../tensor/tf'
import { collect } from './collect'
import { groupPolicy } from './group-policy'
import { groupMetrics } from './group-samples'
import { startIteration } from './iteration'
import { corrected } from './off-policy'
import { optimise, trainedTokens } from './optimise'
import { ppoExperience } from './ppo-experience'
import { report } from './report'
import { LEAVE_ONE_OUT } from './rloo'
import { forwardSettings, type Metrics, type Procedure, type Run } from './run'

/** [B, T] each. */
type PpoBatch = TokenBatch & {
  readonly oldLogp: Tensor2D
  readonly oldValues: Tensor2D
  readonly advantages: Tensor2D
  readonly returns: Tensor2D
  readonly denominator: Scalar
}

function ppoLoss(run: Run, { clip, valueClip, valueCoefficient }: ObjectiveOf<'ppo'>): LossFunction<PpoBatch> {
  const settings = forwardSettings(run)
  return (params, batch) => {
    const { logps, hidden } = forwardLogps(settings, params, batch)
    const values = tf.reshape(valueHead(params, hidden), batch.ids.shape)
    const actor = clippedPolicyLoss({ ...batch, logp: logps, clip })
    const critic = clippedValueLoss({ ...batch, values, clip: valueClip })
    return {
      loss: tf.add(actor.loss, tf.mul(critic.loss, valueCoefficient)),
      stats: { ...actor.stats, ...critic.stats, 'loss/policy_avg': actor.loss, 'loss/value_avg': critic.loss },
    }
  }
}

/** PPO whose advantages compare rollouts from one state, without a value function. */
const withoutCritic = (run: Run, { clip, kl, whitenAdvantages, ...passes }: ObjectiveOf<'ppo'>): Procedure =>
  groupPolicy(run, {
    ...passes,
    name: 'ppo',
    clip,
    clipHigh: clip,
    comparison: LEAVE_ONE_OUT,
    ...(kl > 0 && { klInReward: { weight: kl, per: 'token' } }),
    whitens: whitenAdvantages,
    average: 'token',
  })

export const ppo = (run: Run, objective: ObjectiveOf<'ppo'>): Procedure =>
  objective.baseline === 'group' ? withoutCritic(run, objective) : withCritic(run, objective)

function withCritic(run: Run, objective: ObjectiveOf<'ppo'>): Procedure {
  const learner = createLearner(run.backend, run.policy, 'ppo', ppoLoss(run, objective), run.plan.optimiser)
  const { trainedPerPrompt: size } = run.plan.budget

  /** Steps 2 and 3. */
  async function learn(index: number, rollouts: readonly Rollout[]): Promise<Metrics> {
    if (rollouts.length === 0) return { num_tokens: 0 } // every group was decided and left out
    const { logp, weighted, metrics: apart } = await corrected(run, rollouts)
    const experience = await ppoExperience(run, objective, rollouts, logp)
    const { sequences, oldValues, returns, metrics } = experience
    const advantages = experience.advantages.map((list, i) => weighted(rollouts[i]!, list))
    const optimised = await optimise(run, learner, index, {
      epochs: objective.epochs,
      minibatches: objective.minibatches,
      units: sequences.map((sequence) => [sequence]),
      inputs: (batch, minibatch) => ({
        oldLogp: tokenValues(batch, sequences, (unit) => logp(rollouts[unit]!)),
        oldValues: tokenValues(batch, sequences, (unit) => oldValues[unit]!),
        advantages: tokenValues(batch, sequences, (unit) => advantages[unit]!),
        returns: tokenValues(batch, sequences, (unit) => returns[unit]!),
        denominator: scalar(trainedTokens(minibatch.map((unit) => sequences[unit]!))),
      }),
    })
    return { ...optimised, ...metrics, ...apart }
  }

  return {
    learner,
    async iterate(index) {
      const iteration = startIteration(run, index, reusesContinuations(run.plan))
      const collected = await collect(run, index, iteration, { size, withTrajectory: true })
      const rollouts = collected.groups.flatMap((group) => group.rollouts)
      const learned = await iteration.learn(() => learn(index, rollouts))
      return report(run.text, index, iteration, {
        ...collected,
        learned: { ...groupMetrics(collected.groups), ...learned },
      })
    },
  }
}
