/** PPO's training data: rollouts with the values, advantages and returns of their tokens. */
import type { ObjectiveOf } from '@shared/schemas/plan'
import { mean } from '../core/statistics'
import type { Rollout } from '../gpo/trajectory'
import { generalizedAdvantages, whitenTogether } from '../objectives/gae'
import { ppoRewards } from '../objectives/ppo-rewards'
import type { TokenSequence } from '../policy/batch'
import type { Metrics, Run } from './run'
import { sequenceOf } from './sequences'

/** One array per rollout, with one number per trained token. */
export interface Experience {
  readonly sequences: readonly TokenSequence[]
  readonly oldValues: readonly Float32Array[]
  readonly advantages: readonly Float32Array[]
  readonly returns: readonly Float32Array[]
  readonly metrics: Metrics
}

/** @param logp of the tokens that are trained, by the policy that sampled them */
export async function ppoExperience(
  { scorer, policy }: Run,
  { kl, gamma, lambda, whitenAdvantages }: ObjectiveOf<'ppo'>,
  rollouts: readonly Rollout[],
  logp: (rollout: Rollout) => Float32Array,
): Promise<Experience> {
  const sequences = rollouts.map(sequenceOf)
  const logps = rollouts.map(logp)
  const refLogps = kl > 0 ? await scorer.logps(policy.reference(), sequences) : logps
  const oldValues = await scorer.values(await policy.dense(), sequences)
  const estimates = rollouts.map(({ verdict }, i) => {
    const own = logps[i]!
    const { length } = own
    const rewards = ppoRewards({ logp: own, refLogp: refLogps[i]!, length, terminalReward: verdict.reward, kl })
    return generalizedAdvantages({ rewards, values: oldValues[i]!, length, gamma, lambda })
  })
  const advantages = estimates.map(({ advantages }) => advantages)
  const kls = logps.map((logp, i) => logp.reduce((sum, own, t) => sum + own - refLogps[i]![t]!, 0))
  const scores = rollouts.map(({ verdict }) => verdict.reward)
  return {
    sequences,
    oldValues,
    advantages: whitenAdvantages ? whitenTogether(advantages) : advantages,
    returns: estimates.map(({ returns }) => returns),
    metrics: {
      'objective/kl': mean(kls),
      'objective/scores': mean(scores),
      'objective/rlhf_reward': mean(scores.map((score, i) => score - kl * kls[i]!)),
    },
  }
}
