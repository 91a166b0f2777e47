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
import { resetRollouts } from '../gpo/reset'
import { rolloutsFromPrompts } from '../gpo/sampling'
import type { Rollout } from '../gpo/trajectory'
import { forward, valueHead } from '../model/llama'
import { generalizedAdvantages, whiten } from '../objectives/gae'
import { clippedPolicyLoss } from '../objectives/policy-gradient'
import { ppoRewards } from '../objectives/ppo-rewards'
import { clippedValueLoss } from '../objectives/value'
import { alignTokens, type TokenSequence } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { tokenLogps } from '../policy/score'
import { type Scalar, type Tensor1D, type Tensor2D, tf } from '../tensor/tf'
import { startClock } from './clock'
import { findCriticalSteps, guidedRecord, guideMetrics, isGuided, plainRecord } from './guide'
import { optimise, scalar } from './optimise'
import { completionMetrics, sequenceOf } from './rollout-metrics'
import { mean, type Procedure, promptsOf, type Run, samplingOf } from './run'

function ppoLoss({ policy, plan }: Run, objective: ObjectiveOf<'ppo'>): LossFunction {
  return (params, batch) => {
    const ids = batch['ids'] as Tensor2D
    const { hidden } = forward(policy.config, params, ids, { recomputesLayers: plan.budget.recomputeLayers })
    const shared = { mask: batch['mask']!, denominator: batch['denominator'] as Scalar }
    const actor = clippedPolicyLoss({
      ...shared,
      logp: tokenLogps(
        policy.config,
        params,
        hidden,
        batch['targets'] as Tensor1D,
        ids.shape,
        plan.rollout.temperature,
      ),
      oldLogp: batch['oldLogp']!,
      advantages: batch['advantages']!,
      clip: objective.clip,
    })
    const critic = clippedValueLoss({
      ...shared,
      values: tf.reshape(valueHead(params, hidden), ids.shape),
      oldValues: batch['oldValues']!,
      returns: batch['returns']!,
      clip: objective.valueClip,
    })
    return {
      loss: tf.add(actor.loss, tf.mul(critic.loss, objective.valueCoefficient)) as Scalar,
      stats: { ...actor.stats, ...critic.stats, 'loss/policy_avg': actor.loss, 'loss/value_avg': critic.loss },
    }
  }
}

interface Experience {
  readonly rollouts: readonly Rollout[]
  readonly sequences: readonly TokenSequence[]
  readonly oldValues: readonly Float32Array[]
  readonly advantages: readonly Float32Array[]
  readonly returns: readonly Float32Array[]
  readonly metrics: Readonly<Record<string, number>>
}

/** Steps 4 and 5 without the passes: rewards, values, advantages. */
async function evaluate(run: Run, objective: ObjectiveOf<'ppo'>, rollouts: readonly Rollout[]): Promise<Experience> {
  const { scorer, policy } = run
  const sequences = rollouts.map(sequenceOf)
  const refLogps =
    objective.kl > 0 ? await scorer.logps(policy.reference(), sequences) : rollouts.map(({ logprobs }) => logprobs)
  const oldValues = await scorer.values(await policy.dense(), sequences)
  const estimates = rollouts.map(({ logprobs, verdict }, i) => {
    const length = logprobs.length
    const rewards = ppoRewards({
      logp: logprobs,
      refLogp: refLogps[i]!,
      length,
      terminalReward: verdict.reward,
      kl: objective.kl,
    })
    return generalizedAdvantages({
      rewards,
      values: oldValues[i]!,
      length,
      gamma: objective.gamma,
      lambda: objective.lambda,
    })
  })
  const kls = rollouts.map(({ logprobs }, i) => logprobs.reduce((sum, logp, t) => sum + logp - refLogps[i]![t]!, 0))
  const scores = rollouts.map(({ verdict }) => verdict.reward)
  return {
    rollouts,
    sequences,
    oldValues,
    advantages: objective.whitenAdvantages
      ? whitenAll(estimates.map(({ advantages }) => advantages))
      : estimates.map(({ advantages }) => advantages),
    returns: estimates.map(({ returns }) => returns),
    metrics: {
      'objective/kl': mean(kls),
      'objective/scores': mean(scores),
      'objective/rlhf_reward': mean(scores.map((score, i) => score - objective.kl * kls[i]!)),
    },
  }
}

/** Mean 0 and deviation 1 over the tokens of the whole batch. */
function whitenAll(lists: readonly Float32Array[]): Float32Array[] {
  const flat = Float32Array.from(lists.flatMap((list) => [...list]))
  const white = whiten(flat, new Uint8Array(flat.length).fill(1))
  let at = 0
  return lists.map((list) => {
    at += list.length
    return white.slice(at - list.length, at)
  })
}

export function ppo(run: Run, objective: ObjectiveOf<'ppo'>): Procedure {
  const { plan, policy, backend } = run
  const learner = createLearner(backend, policy, 'ppo', ppoLoss(run, objective), plan.optimiser)
  const { trainedPerPrompt } = plan.budget

  async function learn(iteration: number, rollouts: readonly Rollout[]): Promise<Record<string, number>> {
    const experience = await evaluate(run, objective, rollouts)
    const { sequences, advantages, returns, oldValues } = experience
    const tokens = (units: readonly number[]) => units.reduce((sum, unit) => sum + rollouts[unit]!.logprobs.length, 0)
    const optimised = await optimise(run, learner, iteration, {
      epochs: objective.epochs,
      minibatches: objective.minibatches,
      units: sequences.map((sequence) => [sequence]),
      inputs: (batch, minibatch) => {
        const shape = [batch.rows, batch.length]
        const aligned = (lists: readonly Float32Array[]) => ({
          data: alignTokens(batch, sequences, (unit) => lists[unit]!),
          shape,
        })
        return {
          oldLogp: aligned(rollouts.map(({ logprobs }) => logprobs)),
          advantages: aligned(advantages),
          returns: aligned(returns),
          oldValues: aligned(oldValues),
          denominator: scalar(tokens(minibatch)),
        }
      },
    })
    return { ...optimised, ...experience.metrics }
  }

  return {
    learner,
    async iterate(iteration) {
      const clock = startClock()
      const tasks = promptsOf(run, iteration)
      if (!isGuided(plan.gpo)) {
        const sampling = await samplingOf(run, iteration, 'rollouts')
        const rollouts = await clock.time('rollouts', () => rolloutsFromPrompts(sampling, tasks, trainedPerPrompt))
        const learned = await clock.time('update', () => learn(iteration, rollouts))
        return {
          metrics: { ...learned, ...completionMetrics(rollouts), ...clock.metrics() },
          trajectories: rollouts.map((rollout, i) => plainRecord(run, iteration, i, rollout)),
        }
      }
      const sampling = await samplingOf(run, iteration, 'rollouts')
      const trajectories = await clock.time('rollouts', () => rolloutsFromPrompts(sampling, tasks, 1))
      const guided = await findCriticalSteps(run, clock, iteration, trajectories)
      const points = guided.map(({ trajectory, critical }) => ({ trajectory, step: critical.step }))
      const resetting = await samplingOf(run, iteration, 'reset')
      const resets = await clock.time('reset', () =>
        resetRollouts(resetting, points, trainedPerPrompt - 1, plan.gpo.reuseRollouts),
      )
      const learned = await clock.time('update', () => learn(iteration, [...trajectories, ...resets.flat()]))
      return {
        metrics: {
          ...learned,
          ...completionMetrics(trajectories),
          ...guideMetrics(guided, resets),
          ...clock.metrics(),
        },
        trajectories: guided.map((one, i) => guidedRecord(run, iteration, i, one, resets[i]!)),
      }
    },
  }
}
