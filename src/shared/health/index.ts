/**
 * Judges from a run's curves whether it learns, and what to try if it does not. Rules of thumb: each one gives its reason and the numbers it
 * saw. Pure.
 */

import type { MetricName } from '../metrics'
import { divergenceRule, entropyRule, spikeRule } from './divergence'
import { accuracyRule, answerRule, chosenRule, rewardRule, signalRule } from './learning'
import type { HealthFinding, HealthInput } from './rule'
import { serverRule } from './servers'

export type { HealthFinding, HealthInput } from './rule'

/** Metrics that the rules look at. */
export const HEALTH_METRICS: readonly MetricName[] = [
  'reward',
  'reward_std',
  'frac_reward_zero_std',
  'pairs',
  'desirable_ratio',
  'gpo/max_advantage',
  'gpo/dead_share',
  'completions/clipped_ratio',
  'completions/unparseable_ratio',
  'completions/mean_length',
  'logps/chosen',
  'rewards/margins',
  'entropy',
  'objective/kl',
  'kl',
  'policy/approxkl_avg',
  'grad_norm',
  'loss',
  'sampler/logp_difference',
  'sampler/clipped',
  'sampler/effective',
  'sampler/staleness',
]

const RULES = [
  accuracyRule,
  rewardRule,
  signalRule,
  answerRule,
  chosenRule,
  entropyRule,
  divergenceRule,
  spikeRule,
  serverRule,
] as const

/** Warnings first, then what is open; rules that do not apply to the objective, or have too few points, give no finding. */
export function healthOf(input: HealthInput): HealthFinding[] {
  const findings = RULES.flatMap((rule) => rule(input))
  const levels = ['warning', 'open', 'ok'] as const
  return levels.flatMap((wanted) => findings.filter(({ level }) => level === wanted))
}
