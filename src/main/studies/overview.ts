/** Studies as lists and pages show them: counts, combinations, time left. */
import { listEvaluations } from '@main/store/evaluations'
import type { Store } from '@main/store/query'
import { listStudies, type StudyHead, type StudyRecord } from '@main/store/studies'
import type { StudyCell, StudyCounts, StudyDetails, StudySummary } from '@shared/contract/studies'
import { describeError } from '@shared/errors'
import { planOf } from '@shared/study/cells'
import { headlineOf } from '@shared/study/headline'
import { measuredOf } from '@shared/study/run-data'
import { type CellRun, cellRuns, isFinal, runsById } from './evidence'
import { resultsOf } from './results'

function countsOf(cells: readonly CellRun[]): StudyCounts {
  const where = (test: (cell: CellRun) => boolean) => cells.filter(test).length
  const counts = {
    finished: where(({ record }) => record?.status === 'completed'),
    running: where(({ record }) => record?.status === 'running'),
    failed: where(({ record }) => record !== null && isFinal(record)),
    leftOut: where(({ leftOut }) => leftOut !== null),
  }
  const { finished, running, failed, leftOut } = counts
  return { ...counts, total: cells.length, waiting: cells.length - finished - running - failed - leftOut }
}

/** @param isOwn whether this program drives it */
function summaryOf(store: Store, study: StudyRecord, cells: readonly CellRun[], isOwn: boolean): StudySummary {
  const { id, name, state, document, createdAt, startedAt, endedAt, error } = study
  return {
    id,
    name,
    question: document.question ?? null,
    state,
    arms: document.arms.length,
    tasks: document.tasks.length,
    seeds: document.seeds.length,
    runs: countsOf(cells),
    createdAt,
    startedAt,
    endedAt,
    error,
    isElsewhere: state === 'running' && !isOwn,
    secondsLeft: secondsLeft(cells),
    verdict: headlineOf(resultsOf(store, study)),
  }
}

function cellOf(store: Store, { document }: StudyRecord, cell: CellRun): StudyCell {
  const { task, arm, seed, run, record, leftOut } = cell
  const place = { task, arm, seed, run }
  if (!record) {
    const { iterations } = planOf(document, cell).budget
    return {
      ...place,
      status: leftOut === null ? 'waiting' : 'leftOut',
      iteration: 0,
      iterations,
      accuracy: null,
      why: leftOut,
    }
  }
  const { status, iteration, iterations, error } = record
  const measured = measuredOf(listEvaluations(store, record.id), document.measure, status === 'completed')
  return { ...place, status, iteration, iterations, accuracy: measured?.accuracy ?? null, why: error?.message ?? null }
}

const median = (values: readonly number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}

/** Seconds that completed runs worked. */
const durations = (cells: readonly CellRun[]): number[] =>
  cells.flatMap(({ record }) => (record?.status === 'completed' ? [record.workedMs / 1000] : []))

/** Each run takes as long as the median of those of its task and arm, or of all where there is none yet. */
export function secondsLeft(cells: readonly CellRun[]): number | null {
  const ofAll = median(durations(cells))
  let left = 0
  for (const { task, arm, leftOut, record } of cells) {
    if (leftOut !== null || record?.status === 'completed' || (record && isFinal(record))) continue
    const whole = median(durations(cells.filter((one) => one.task === task && one.arm === arm))) ?? ofAll
    if (whole === null) return null
    left += whole * (record ? 1 - record.iteration / record.iterations : 1)
  }
  return left
}

/** @param driven the study that this program drives, if there is one */
export function studyList(store: Store, driven: string | null): StudySummary[] {
  const runs = runsById(store)
  return listStudies(store).map((study) => {
    const cells = cellRuns(store, study.id, runs)
    const isOwn = study.id === driven
    if (study.document === null) return unreadable(study, cells, isOwn, study.problem)
    try {
      return summaryOf(store, study, cells, isOwn)
    } catch (error) {
      return unreadable(study, cells, isOwn, `Its results cannot be computed: ${describeError(error)}`)
    }
  })
}

/** A study that cannot be shown is listed with the reason, so that the others are listed too. */
function unreadable(study: StudyHead, cells: readonly CellRun[], isOwn: boolean, problem: string): StudySummary {
  const { id, name, state, createdAt, startedAt, endedAt } = study
  return {
    ...{ id, name, state, createdAt, startedAt, endedAt, question: null, arms: 0, tasks: 0, seeds: 0 },
    runs: countsOf(cells),
    error: { code: 'storage', message: problem },
    isElsewhere: state === 'running' && !isOwn,
    secondsLeft: null,
    verdict: null,
  }
}

export function studyDetails(store: Store, study: StudyRecord, isOwn: boolean): StudyDetails {
  const cells = cellRuns(store, study.id)
  return {
    summary: summaryOf(store, study, cells, isOwn),
    document: study.document,
    cells: cells.map((cell) => cellOf(store, study, cell)),
  }
}
