/** Looking at recorded values through another rule. Pure: what the run did is not changed. */
import { type ScoredRule, stepBy, type ValuedState } from '@shared/method/critical-step'

/** The step a rule would have selected; null where there are no steps. */
export const criticalBy = (rule: ScoredRule, states: readonly ValuedState[]): number | null =>
  states.length < 2 ? null : stepBy(rule, states)
