/**
 * The rules of the critical step (Yu et al. 2025, arXiv 2509.16456, section 4.1): A_i = V_{i+1} − V_i, m = argmax_i score(A_i), and of equal
 * scores the earliest step. Pure: the engine selects with it, the explorer shows what another rule would have selected.
 */

/** `none`: the base algorithm, without critical steps. */
export const CRITICAL_RULES = ['max', 'maxAbs', 'min', 'random', 'none'] as const
export type CriticalRule = (typeof CRITICAL_RULES)[number]

/** The rules that select a step. */
export type SelectingRule = Exclude<CriticalRule, 'none'>
export const SELECTING_RULES = CRITICAL_RULES.filter((rule): rule is SelectingRule => rule !== 'none')

/** The rules whose step follows from the advantages alone. */
export type ScoredRule = Exclude<SelectingRule, 'random'>
export const SCORED_RULES = SELECTING_RULES.filter((rule): rule is ScoredRule => rule !== 'random')

/** What a rule maximises. `random` does not choose by it, but is judged by it: how likely is it that the random step has the largest advantage? */
export const SCORE: Readonly<Record<SelectingRule, (advantage: number) => number>> = {
  max: (a) => a,
  maxAbs: Math.abs,
  min: (a) => -a,
  random: (a) => a,
}

/** Index of the largest value; of equal ones the earliest; 0 without any. */
export function argMax(values: readonly number[]): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}

/** The step a rule selects. @param advantages of a trajectory's steps, at least one */
export const stepBy = (rule: ScoredRule, advantages: readonly number[]): number => argMax(advantages.map(SCORE[rule]))

/** A_i of each step, from the values of K + 1 states. */
export const advantagesOf = (states: readonly { readonly value: number }[]): number[] =>
  states.slice(1).map((state, i) => state.value - states[i]!.value)
