/** What a study found: accuracies, comparisons, verdicts and curves, from its document and the data of its runs. Pure. */
import { wilsonInterval } from '../interval'
import { BUDGETS, type Budget, type Study } from '../schemas/study'
import { averageOf, intervalOf, meanEstimate } from '../statistics/estimate'
import { mean } from '../statistics/moments'
import { studentQuantile } from '../statistics/student-t'
import { compare, estimated, pairsOf } from './compare'
import { curvesOf } from './curves'
import type { ArmResult, Basis, Comparison, StudyResults, TaskResult } from './results'
import { type RunData, spentAt } from './run-data'
import { verdictOf } from './verdict'
import { count, level } from './words'

export const BASES: readonly Basis[] = ['measure', ...BUDGETS]

/** Why a combination has no result. */
export interface Missing {
  readonly task: string
  readonly arm: string
  readonly seed: number
  readonly why: string
}

export interface Evidence {
  readonly runs: readonly RunData[]
  /** Combinations that failed or were left out by the study's rule. */
  readonly missing: readonly Missing[]
  /** Runs that the study has in all. */
  readonly total: number
}

const clamp = (value: number) => Math.min(1, Math.max(0, value))

/** Normal quantile, as the t of very many degrees of freedom. */
const normalQuantile = (confidence: number) => studentQuantile(confidence, 1e9)

function accuracyInterval(runs: readonly RunData[], confidence: number): Pick<ArmResult, 'interval' | 'intervalOver'> {
  const measured = runs.flatMap((run) => (run.measured ? [run.measured] : []))
  const estimate = meanEstimate(measured.map(({ accuracy }) => accuracy))
  if (estimate && estimate.standardError > 0) {
    const { low, high } = intervalOf(estimate, confidence)
    return { interval: { low: clamp(low), high: clamp(high) }, intervalOver: 'seeds' }
  }
  const [only] = measured
  if (!only || only.n === 0) return { interval: null, intervalOver: null }
  const [low, high] = wilsonInterval(only.correct, only.n, normalQuantile(confidence))
  return { interval: { low, high }, intervalOver: 'problems' }
}

/** Null where one of the values is. */
function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === values.length && known.length > 0 ? mean(known) : null
}

const costOf = (runs: readonly RunData[], budget: Budget) =>
  meanOf(runs.map((run) => spentAt(run, budget, run.measured?.iteration ?? 0)))

function armResult(study: Study, arm: string, runs: readonly RunData[], missing: readonly Missing[]): ArmResult {
  const finished = runs.filter((run) => run.arm === arm && run.measured !== null)
  const accuracies = finished.map(({ measured }) => measured!.accuracy) // filtered
  return {
    arm,
    seeds: study.seeds.map((seed) => ({
      seed,
      accuracy: finished.find((run) => run.seed === seed)?.measured?.accuracy ?? null,
    })),
    count: finished.length,
    mean: accuracies.length > 0 ? mean(accuracies) : null,
    ...accuracyInterval(finished, study.measure.confidence),
    before: meanOf(
      finished.map(({ evaluations }) => evaluations.find(({ iteration }) => iteration === 0)?.accuracy ?? null),
    ),
    cost: {
      updates: costOf(finished, 'updates'),
      trained: costOf(finished, 'trained'),
      generated: costOf(finished, 'generated'),
      seconds: costOf(finished, 'seconds'),
    },
    missing: missing.filter((one) => one.arm === arm).map(({ seed, why }) => `seed ${seed}: ${why}`),
  }
}

const othersOf = ({ arms, base }: Study): string[] => arms.map(({ name }) => name).filter((name) => name !== base)

function taskResult(study: Study, task: string, evidence: Evidence): TaskResult {
  const { base, measure } = study
  const runs = evidence.runs.filter((run) => run.task === task)
  const missing = evidence.missing.filter((one) => one.task === task)
  const comparisons = othersOf(study).flatMap((arm) => {
    const pairs = pairsOf(runs, arm, base)
    return BASES.map((basis) => compare(pairs, { arm, base, basis, confidence: measure.confidence }))
  })
  return {
    task,
    arms: study.arms.map(({ name }) => armResult(study, name, runs, missing)),
    comparisons,
    verdicts: comparisons.map(verdictOf),
    curves: curvesOf(study, runs),
  }
}

/** The mean over tasks of their differences; null values where a task has none. */
function overTasks(tasks: readonly TaskResult[], { arm, basis }: Comparison): Comparison {
  const all = tasks.flatMap(({ comparisons }) => comparisons.filter((one) => one.arm === arm && one.basis === basis))
  const first = all[0]!
  const estimates = all.flatMap(({ difference: value, standardError, degrees }) =>
    value === null || standardError === null || degrees === null ? [] : [{ value, standardError, degrees }],
  )
  const estimate = estimates.length === all.length ? averageOf(estimates) : null
  const why = all.find((one) => one.why !== null)?.why ?? 'a task has no result yet'
  const facts = {
    seeds: Math.min(...all.map(({ seeds }) => seeds)),
    problems: all.reduce((sum, { problems }) => sum + problems, 0),
    at: null,
  }
  if (!estimate)
    return { ...first, ...facts, difference: null, interval: null, standardError: null, degrees: null, why }
  return { ...first, ...facts, ...estimated(estimate, first.confidence), why: null }
}

function notesOf(study: Study, evidence: Evidence, finished: number): string[] {
  const { missing, total } = evidence
  const open = total - finished - missing.length
  const comparisons = othersOf(study).length * study.tasks.length
  const { confidence } = study.measure
  return [
    ...(open > 0
      ? [
          `${count(open, 'run')} of ${total.toLocaleString('en')} ${open === 1 ? 'has' : 'have'} not finished: this is what the others say so far.`,
        ]
      : []),
    ...missing.map(
      ({ task, arm, seed, why }) => `${study.tasks.length > 1 ? `${task}, ` : ''}${arm}, seed ${seed}: ${why}`,
    ),
    ...(comparisons > 2
      ? [
          `${comparisons} comparisons were made: of ${comparisons} intervals at ${level(confidence)}, about ${Number((comparisons * (1 - confidence)).toPrecision(2))} miss the truth by chance.`,
        ]
      : []),
  ]
}

export function studyResults(study: Study, evidence: Evidence): StudyResults {
  const tasks = study.tasks.map(({ name }) => taskResult(study, name, evidence))
  const overall = tasks.length > 1 ? tasks[0]!.comparisons.map((one) => overTasks(tasks, one)) : null
  const finished = evidence.runs.filter(({ measured }) => measured !== null).length
  return {
    base: study.base,
    confidence: study.measure.confidence,
    tasks,
    overall: overall && { comparisons: overall, verdicts: overall.map(verdictOf) },
    notes: notesOf(study, evidence, finished),
    finished,
    total: evidence.total,
  }
}
