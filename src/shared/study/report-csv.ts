/** The report of a study as one table in CSV: a line for each run, arm and comparison. Shares are between 0 and 1. Pure. */
import { type CsvValue, csvOf } from '../csv'
import { BUDGETS, type Budget, type Study } from '../schemas/study'
import type { ArmResult, Basis, Comparison, StudyResults } from './results'
import { findingOf } from './verdict'

const COLUMNS = [
  'kind',
  'task',
  'arm',
  'base',
  'seed',
  'basis',
  'value',
  'low',
  'high',
  'confidence',
  'seeds',
  'problems',
  'at',
  'finding',
  ...BUDGETS,
] as const
type Column = (typeof COLUMNS)[number]
type Line = Readonly<Partial<Record<Column, CsvValue>>>

function armLines(task: string, arm: ArmResult, { measure }: Study): Line[] {
  const { interval, mean, count, cost } = arm
  const runs = arm.seeds.map(({ seed, accuracy }) => ({ kind: 'run', task, arm: arm.arm, seed, value: accuracy }))
  const of = {
    kind: 'arm',
    task,
    arm: arm.arm,
    basis: 'measure',
    value: mean,
    low: interval?.low,
    high: interval?.high,
  }
  return [...runs, { ...of, confidence: measure.confidence, seeds: count, ...cost }]
}

const comparisonLine = (task: string, one: Comparison): Line => ({
  kind: 'difference',
  task,
  arm: one.arm,
  base: one.base,
  basis: one.basis,
  value: one.difference,
  low: one.interval?.low,
  high: one.interval?.high,
  confidence: one.confidence,
  seeds: one.seeds,
  problems: one.problems,
  at: one.at,
  finding: findingOf(one),
})

/** @param budget compared beside the fixed measure; all four if it is omitted */
export function csvReport(study: Study, results: StudyResults, budget?: Budget): string {
  const bases: readonly Basis[] = ['measure', ...(budget ? [budget] : BUDGETS)]
  const shown = (comparisons: readonly Comparison[]) => comparisons.filter(({ basis }) => bases.includes(basis))
  const lines: Line[] = [
    ...results.tasks.flatMap((task) => [
      ...task.arms.flatMap((arm) => armLines(task.task, arm, study)),
      ...shown(task.comparisons).map((one) => comparisonLine(task.task, one)),
    ]),
    ...shown(results.overall?.comparisons ?? []).map((one) => comparisonLine('all tasks', one)),
  ]
  return csvOf([COLUMNS, ...lines.map((line) => COLUMNS.map((column) => line[column]))])
}
