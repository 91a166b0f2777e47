/** What a study reads of each of its runs, and values at an amount of a budget. Pure. */
import type { EvaluationRecord } from '../schemas/events'
import { decodeOutcomes } from '../schemas/outcomes'
import type { Budget, StudyMeasure } from '../schemas/study'
import type { Cell } from './cells'

/** Metrics per iteration whose sum is a budget; updates are counted from the plan. */
export const BUDGET_METRICS = {
  trained: 'num_tokens',
  generated: 'gpo/generated_tokens',
  seconds: 'step_time',
} as const satisfies Readonly<Partial<Record<Budget, string>>>

export interface RunData extends Cell {
  readonly run: string
  /** By iteration, 0 = before training. */
  readonly evaluations: readonly EvaluationRecord[]
  /** Spent up to each iteration, from 0 on: [0, c₁, c₁ + c₂, …]; null where an iteration did not record it. */
  readonly spent: Readonly<Record<Budget, readonly number[] | null>>
  /** The evaluation that the study's measure means; null while the run has not come there. */
  readonly measured: EvaluationRecord | null
}

/** Sums from 0 on. @returns null where an iteration from 1 to the last is missing, and for a metric without values */
export function runningTotals(iterations: readonly number[], values: readonly number[]): number[] | null {
  if (iterations.length === 0) return null
  const totals = [0]
  for (const [i, iteration] of iterations.entries()) {
    if (iteration !== totals.length) return null
    totals.push(totals.at(-1)! + values[i]!)
  }
  return totals
}

/** @param isDone whether the run has done all its iterations */
export function measuredOf(
  evaluations: readonly EvaluationRecord[],
  { iteration }: StudyMeasure,
  isDone: boolean,
): EvaluationRecord | null {
  if (iteration !== 'last') return evaluations.find((one) => one.iteration === iteration) ?? null
  const last = evaluations.at(-1)
  return isDone && last && last.iteration > 0 ? last : null
}

/** Spent of a budget at an evaluation; null if it was not recorded. */
export const spentAt = ({ spent }: RunData, budget: Budget, iteration: number): number | null =>
  spent[budget]?.[iteration] ?? null

/** By problem's row: 1 for right, 0 for wrong, between them where two evaluations are mixed; null if only counts were recorded. */
export type Outcomes = ReadonlyMap<number, number> | null

/** What an arm is compared by: single problems, or accuracy alone. */
export interface Standing {
  readonly accuracy: number
  readonly outcomes: Outcomes
}

export const standingOf = ({ accuracy, problems }: EvaluationRecord): Standing => ({
  accuracy,
  outcomes: problems ? decodeOutcomes(problems) : null,
})

const mix = (a: number, b: number, share: number) => a + share * (b - a)

function mixed(before: Standing, after: Standing, share: number): Standing {
  const outcomes = new Map<number, number>()
  for (const [row, right] of before.outcomes ?? []) {
    const later = after.outcomes?.get(row)
    if (later !== undefined) outcomes.set(row, mix(right, later, share))
  }
  return {
    accuracy: mix(before.accuracy, after.accuracy, share),
    outcomes: before.outcomes && after.outcomes ? outcomes : null,
  }
}

/**
 * Where a run stood after an amount of a budget: between two evaluations in proportion to what was spent, problem by problem.
 * @returns null beyond its evaluations, or where the budget was not recorded
 */
export function standingAt(run: RunData, budget: Budget, amount: number): Standing | null {
  const points = run.evaluations.flatMap((evaluation) => {
    const x = spentAt(run, budget, evaluation.iteration)
    return x === null ? [] : [{ x, evaluation }]
  })
  const next = points.findIndex(({ x }) => x >= amount)
  const after = points[next]
  if (!after) return null
  const before = points[next - 1]
  if (after.x === amount) return standingOf(after.evaluation)
  if (!before) return null
  return mixed(standingOf(before.evaluation), standingOf(after.evaluation), (amount - before.x) / (after.x - before.x))
}
