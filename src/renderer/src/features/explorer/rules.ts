/** Looking at recorded advantages through another rule. Pure: what the run did is not changed. */
import { type ScoredRule, stepBy } from '@shared/method/critical-step'

/** The step a rule would have selected; null where there are no steps. */
export const criticalBy = (rule: ScoredRule, advantages: readonly number[]): number | null =>
  advantages.length === 0 ? null : stepBy(rule, advantages)
