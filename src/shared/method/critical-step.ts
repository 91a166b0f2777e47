/**
 * The rules of the critical step: each gives every step a score, and the critical step is the earliest with the largest one. The paper's rule (Yu et
 * al. 2025, arXiv 2509.16456, section 4.1) is the advantage, A_i = V(s_{i+1}) − V(s_i); the others look at the state before the step as well. Pure:
 * the engine selects with it, the explorer shows what another rule would have selected.
 */

/** `none`: the base algorithm, without critical steps. */
export const CRITICAL_RULES = ['undecided', 'value', 'max', 'maxAbs', 'min', 'random', 'none'] as const
export type CriticalRule = (typeof CRITICAL_RULES)[number]

/** The rules that select a step. */
export type SelectingRule = Exclude<CriticalRule, 'none'>
export const SELECTING_RULES = CRITICAL_RULES.filter((rule): rule is SelectingRule => rule !== 'none')

/** The rule where nothing else is said (docs/decisions/0011). */
export const DEFAULT_RULE = 'undecided' satisfies SelectingRule

/** The rules whose step follows from the values alone. */
export type ScoredRule = Exclude<SelectingRule, 'random'>
export const SCORED_RULES = SELECTING_RULES.filter((rule): rule is ScoredRule => rule !== 'random')

/** A state with its value; null where no continuation was sampled from it. */
export interface ValuedState {
  readonly value: number | null
  /** Of the continuations that estimated the value, where it is an estimate. */
  readonly successes?: number
  readonly samples?: number
}

/** The score of step i. @param before V(s_i) @param after V(s_{i+1}) */
type StepScore = (before: number, after: number) => number

/** What rules maximise that look at both ends of a step. `random` does not choose by it, but is judged by it. */
const OF_STEP: Readonly<Record<Exclude<SelectingRule, 'undecided' | 'value'>, StepScore>> = {
  max: (before, after) => after - before,
  maxAbs: (before, after) => Math.abs(after - before),
  min: (before, after) => before - after,
  random: (before, after) => after - before,
}

/**
 * V(1 − V), the variance of the outcome of a continuation, from 0 to ¼. Of an estimate, its mean under the posterior Beta(1 + successes,
 * 1 + failures): with equally many samples everywhere it ranks states as V̂(1 − V̂) does, with unequal numbers it does not trust few samples.
 */
export function undecidedness({ value, successes = 0, samples = 0 }: ValuedState): number | null {
  if (value === null) return null
  if (samples === 0) return value * (1 - value)
  return ((1 + successes) * (1 + samples - successes)) / ((2 + samples) * (3 + samples))
}

/** Index of the largest value; of equal ones the earliest; 0 without any. */
export function argMax(values: readonly number[]): number {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return best
}

/** The score of each of K steps from K + 1 states; −∞ where a value it needs is not known. */
export const scoresBy = (rule: SelectingRule, states: readonly ValuedState[]): number[] =>
  states.slice(1).map((after, i) => {
    const before = states[i]!
    if (rule === 'undecided') return undecidedness(before) ?? -Infinity
    if (rule === 'value') return before.value ?? -Infinity
    if (before.value === null || after.value === null) return -Infinity
    return OF_STEP[rule](before.value, after.value)
  })

/** The step a rule selects. @param states of one trajectory, K + 1 ≥ 2 */
export const stepBy = (rule: ScoredRule, states: readonly ValuedState[]): number => argMax(scoresBy(rule, states))

/** A_i of each step, from the values of K + 1 states; null where one of the two values is not known. */
export const advantagesOf = (states: readonly ValuedState[]): (number | null)[] =>
  states.slice(1).map(({ value: after }, i) => {
    const before = states[i]!.value
    return before === null || after === null ? null : after - before
  })
