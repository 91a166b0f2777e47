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
import { mean } from '../core/statistics'
import type { Rollout } from '../gpo/trajectory'
import { groupAdvantages } from '../objectives/group-advantage'
import { k3Kl } from '../objectives/k3-kl'
import { clippedPolicyLoss } from '../objectives/policy-gradient'
import { scalar, type TokenBatch, tokenValues } from '../policy/batch'
import { createLearner, type LossFunction } from '../policy/learner'
import { forwardLogps } from '../policy/score'
import { type Scalar, type Tensor2D, tf } from '../tensor/tf'
import { criticalStarts, isGuided, startIteration } from './iteration'
import { optimise } from './optimise'
import { report } from './report'
import { forwardSettings, type Metrics, type Procedure, promptsOf, type Run } from './run'
import { sequenceOf } from './sequences'

/** [B, T] each. */
type GrpoBatch = TokenBatch & {
  readonly oldLogp: Tensor2D
  /** Only with a KL penalty. */
  readonly refLogp?: Tensor2D
  readonly advantages: Tensor2D
  /** 1 / the rollout's tokens, where `mask` is 1. */
  readonly weight: Tensor2D
  /** Rollouts of the minibatch. */
  readonly denominator: Scalar
}

function grpoLoss(run: Run, { clip, kl }: ObjectiveOf<'grpo'>): LossFunction<GrpoBatch> {
  const settings = forwardSettings(run)
  return (params, batch) => {
    const { logps: logp } = forwardLogps(settings, params, batch)
    const shared = { ...batch, logp, mask: batch.weight }
    const actor = clippedPolicyLoss({ ...shared, clip })
    if (!batch.refLogp) return actor
    const penalty = k3Kl({ ...shared, refLogp: batch.refLogp })
    return { loss: tf.add(actor.loss, tf.mul(penalty.loss, kl)), stats: { ...actor.stats, ...penalty.stats } }
  }
}

const groupsOf = (rollouts: readonly Rollout[], size: number) =>
  Array.from({ length: rollouts.length / size }, (_, i) => rollouts.slice(i * size, (i + 1) * size))

export function grpo(run: Run, objective: ObjectiveOf<'grpo'>): Procedure {
  const { plan, policy, backend, scorer } = run
  const learner = createLearner(backend, policy, 'grpo', grpoLoss(run, objective), plan.optimiser)
  const groupSize = plan.budget.trainedPerPrompt

  /** Steps 3 and 4. */
  async function learn(index: number, groups: readonly (readonly Rollout[])[]): Promise<Metrics> {
    const rewards = groups.map((group) => group.map(({ verdict }) => verdict.reward))
    const judged = rewards.map((group) => groupAdvantages(group, objective.epsilon))
    const advantages = judged.flatMap(({ advantages }) => advantages)
    const rollouts = groups.flat()
    const sequences = rollouts.map(sequenceOf)
    const refLogps = objective.kl > 0 ? await scorer.logps(policy.reference(), sequences) : null
    const onEachToken = (unit: number, value: number) => new Float32Array(rollouts[unit]!.logprobs.length).fill(value)
    const optimised = await optimise(run, learner, index, {
      epochs: objective.epochs,
      minibatches: objective.minibatches,
      units: sequences.map((sequence) => [sequence]),
      inputs: (batch, minibatch) => ({
        oldLogp: tokenValues(batch, sequences, (unit) => rollouts[unit]!.logprobs),
        advantages: tokenValues(batch, sequences, (unit) => onEachToken(unit, advantages[unit]!)),
        weight: tokenValues(batch, sequences, (unit) => onEachToken(unit, 1 / rollouts[unit]!.logprobs.length)),
        denominator: scalar(minibatch.length),
        ...(refLogps && { refLogp: tokenValues(batch, sequences, (unit) => refLogps[unit]!) }),
      }),
    })
    return {
      ...optimised,
      reward_std: mean(judged.map(({ std }) => std)),
      frac_reward_zero_std: mean(judged.map(({ std }) => Number(std === 0))),
    }
  }

  return {
    learner,
    async iterate(index) {
      const iteration = startIteration(run, index)
      const trajectories = await iteration.sample(promptsOf(run, index), isGuided(run) ? 1 : groupSize)
      const segmented = await iteration.segment(trajectories)
      const valued = await iteration.value(segmented)
      const guided = await iteration.select(valued)
      const resets = await iteration.reset(criticalStarts(guided), groupSize)
      const groups = isGuided(run) ? resets : groupsOf(trajectories, groupSize)
      const learned = await iteration.learn(() => learn(index, groups))
      return report(run.text, index, iteration, { trajectories, guided, resets, learned })
    },
  }
}
