/**
 * GRPO (Shao et al. 2024, arXiv 2402.03300), and with `gpo.criticalStep` its guided form: see group-policy.ts for the procedure. The advantage is
 * (r − mean of the group) / (deviation of the group + ε), the loss of a rollout the mean over its tokens, as in the paper's equation 3. Options: no
 * division by deviation and length, as in Dr. GRPO (Liu et al. 2025, arXiv 2503.20783); the higher upper clip and the mean over tokens of DAPO
 * (Yu et al. 2025, arXiv 2503.14476).
 */
import type { ObjectiveOf } from '@shared/schemas/plan'
import { groupAdvantages } from '../objectives/group-advantage'
import { groupPolicy } from './group-policy'
import type { Comparison } from './group-samples'
import type { Procedure, Run } from './run'

function comparison({ scaleRewards, epsilon }: ObjectiveOf<'grpo'>): Comparison {
  const deviation = (rewards: readonly number[]) => groupAdvantages(rewards, epsilon).std + epsilon
  return {
    advantages: (rewards) => groupAdvantages(rewards, epsilon).deviations,
    scale: (rewards, all) => (scaleRewards === 'none' ? 1 : deviation(scaleRewards === 'group' ? rewards : all)),
  }
}

export const grpo = (run: Run, objective: ObjectiveOf<'grpo'>): Procedure =>
  groupPolicy(run, {
    ...objective,
    name: 'grpo',
    comparison: comparison(objective),
    klInLoss: objective.kl,
    whitens: false,
  })
