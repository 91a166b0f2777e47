/** What a study reads of its runs: evaluations, what they spent, and why a combination has no result. */
import { listEvaluations } from '@main/store/evaluations'
import { readSeries } from '@main/store/metrics'
import type { Store } from '@main/store/query'
import { getRun, listRuns } from '@main/store/runs'
import { type StoredCell, type StudyRecord, studyCells } from '@main/store/studies'
import { stepsPerIteration } from '@shared/method/optimiser-steps'
import type { RunSummary } from '@shared/schemas/run'
import type { Study } from '@shared/schemas/study'
import type { Evidence, Missing } from '@shared/study/evaluate'
import { BUDGET_METRICS, measuredOf, type RunData, runningTotals } from '@shared/study/run-data'

/** A combination with its run. */
export interface CellRun extends StoredCell {
  readonly record: RunSummary | null
}

/** All runs by id, without their plans. */
export const runsById = (store: Store): ReadonlyMap<string, RunSummary> =>
  new Map(listRuns(store).map((run) => [run.id, run]))

/** In the order in which they run. */
export const cellRuns = (store: Store, id: string, runs = runsById(store)): CellRun[] =>
  studyCells(store, id).map((cell) => ({ ...cell, record: (cell.run !== null && runs.get(cell.run)) || null }))

/** A failure that would come again: the plan's own, such as a loss that is not finite. Others may go away with their cause. */
export const isFinal = ({ status, error }: RunSummary): boolean => status === 'failed' && error?.code === 'training'

function spentOf(store: Store, { id, iteration }: RunSummary): RunData['spent'] {
  const totals = (name: string) => {
    const { iterations, values } = readSeries(store, id, name)
    return runningTotals(iterations, values)
  }
  const steps = stepsPerIteration(getRun(store, id).plan)
  return {
    updates: Array.from({ length: iteration + 1 }, (_, i) => i * steps),
    trained: totals(BUDGET_METRICS.trained),
    generated: totals(BUDGET_METRICS.generated),
    seconds: totals(BUDGET_METRICS.seconds),
  }
}

export function runDataOf(store: Store, { measure }: Study, cell: CellRun): RunData | null {
  const { task, arm, seed, record } = cell
  if (!record || record.planProblem !== null) return null
  const evaluations = listEvaluations(store, record.id)
  const measured = measuredOf(evaluations, measure, record.status === 'completed')
  return { task, arm, seed, run: record.id, evaluations, spent: spentOf(store, record), measured }
}

function missingOf(cells: readonly CellRun[]): Missing[] {
  return cells.flatMap(({ task, arm, seed, leftOut, record }) => {
    if (leftOut !== null) return [{ task, arm, seed, why: leftOut }]
    if (!record) return []
    if (record.planProblem !== null) return [{ task, arm, seed, why: record.planProblem }]
    return isFinal(record) ? [{ task, arm, seed, why: `failed: ${record.error?.message}` }] : []
  })
}

export function evidenceOf(store: Store, { id, document }: StudyRecord): Evidence {
  const cells = cellRuns(store, id)
  const runs = cells.flatMap((cell) => runDataOf(store, document, cell) ?? [])
  const results = new Set(runs.flatMap(({ run, measured }) => (measured ? [run] : [])))
  const missing = missingOf(cells.filter(({ run }) => run === null || !results.has(run)))
  return { runs, missing, total: cells.length }
}
