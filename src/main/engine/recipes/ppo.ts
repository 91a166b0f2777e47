/**
 * PPO (Schulman et al. 2017, arXiv 1707.06347), and with `gpo.criticalStep` GPO-PPO (Yu et al. 2025, arXiv 2509.16456, Procedure I).
 *
 *   for each iteration
 *     1. sample trajectories y ~ π(· | x)
 *     2. segment them, estimate V(s_i) with N continuations each, select the critical step m       ┐ GPO
 *     3. reset to s_m, sample new rollouts y' ~ π(· | s_m); they join the batch                     ┘
 *     4. token rewards: verifier on the last token, −k (log π − log π_ref) on each
 *     5. GAE, whitened; several passes of the clipped policy and value losses
 *
 * Equal budgets: the batch has `trainedPerPrompt` rollouts per prompt either way, with GPO one from the prompt and the others from s_m.
 * The kept prefix of y' is state: no policy loss, no value loss, no KL.
 */
import type { ObjectiveOf } from '@shared/schemas/plan'
import type { Rollout } from '../gpo/trajectory'
import { valueHead } from '../model/llama'
import { clippedPolicyLoss } from '../objectives/policy-gradient'
import { clippedValueLoss } from '../objectives/value'
import { scalar, type TokenBatch, tokenValues } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { forwardLogps } from '../policy/score'
import { type Scalar, type Tensor2D, tf } from '../tensor/tf'
import { criticalStarts, isGuided, startIteration } from './iteration'
import { optimise, trainedTokens } from './optimise'
import { ppoExperience } from './ppo-experience'
import { report } from './report'
import { forwardSettings, type Metrics, type Procedure, promptsOf, type Run } from './run'

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

export function ppo(run: Run, objective: ObjectiveOf<'ppo'>): Procedure {
  const learner = createLearner(run.backend, run.policy, 'ppo', ppoLoss(run, objective), run.plan.optimiser)
  const { trainedPerPrompt } = run.plan.budget

  /** Steps 4 and 5. */
  async function learn(index: number, rollouts: readonly Rollout[]): Promise<Metrics> {
    const { sequences, oldValues, advantages, returns, metrics } = await ppoExperience(run, objective, rollouts)
    const optimised = await optimise(run, learner, index, {
      epochs: objective.epochs,
      minibatches: objective.minibatches,
      units: sequences.map((sequence) => [sequence]),
      inputs: (batch, minibatch) => ({
        oldLogp: tokenValues(batch, sequences, (unit) => rollouts[unit]!.logprobs),
        oldValues: tokenValues(batch, sequences, (unit) => oldValues[unit]!),
        advantages: tokenValues(batch, sequences, (unit) => advantages[unit]!),
        returns: tokenValues(batch, sequences, (unit) => returns[unit]!),
        denominator: scalar(trainedTokens(minibatch.map((unit) => sequences[unit]!))),
      }),
    })
    return { ...optimised, ...metrics }
  }

  return {
    learner,
    async iterate(index) {
      const iteration = startIteration(run, index)
      const trajectories = await iteration.sample(promptsOf(run, index), isGuided(run) ? 1 : trainedPerPrompt)
      const segmented = await iteration.segment(trajectories)
      const valued = await iteration.value(segmented)
      const guided = await iteration.select(valued)
      const resets = await iteration.reset(criticalStarts(guided), trainedPerPrompt - 1)
      const learned = await iteration.learn(() => learn(index, [...trajectories, ...resets.flat()]))
      return report(run.text, index, iteration, { trajectories, guided, resets, learned })
    },
  }
}
