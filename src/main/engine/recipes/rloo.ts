/**
 * RLOO (Ahmadian et al. 2024, arXiv 2402.14740), and with `gpo.criticalStep` its guided form: see group-policy.ts for the procedure. The advantage is
 * the reward minus the mean reward of the others of the group, and nothing is divided by a deviation or a length: at the first step the gradient is
 * exactly REINFORCE's, unbiased. Where several steps are made from one batch, the ratio is clipped at each token as in PPO; TRL clips one ratio a rollout.
 */
import type { ObjectiveOf } from '@shared/schemas/plan'
import { leaveOneOut } from '../objectives/leave-one-out'
import { groupPolicy } from './group-policy'
import type { Comparison } from './group-samples'
import type { Procedure, Run } from './run'

/** No rollout is part of its own baseline. */
export const LEAVE_ONE_OUT: Comparison = { advantages: leaveOneOut, scale: () => 1 }

export const rloo = (run: Run, { kl, clip, normaliseAdvantages, ...passes }: ObjectiveOf<'rloo'>): Procedure =>
  groupPolicy(run, {
    ...passes,
    name: 'rloo',
    clip,
    clipHigh: clip,
    comparison: LEAVE_ONE_OUT,
    ...(kl > 0 && { klInReward: { weight: kl, per: 'rollout' } }),
    whitens: normaliseAdvantages,
    average: 'sum',
  })
