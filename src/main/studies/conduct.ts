/**
 * Conducts a study: its runs one after another, each driven to its end by whoever hosts it. Everything is in the store, so a study that was paused
 * or killed goes on where it was: finished runs are kept, begun ones continue from their checkpoints.
 */
import { beginRun, type ReadyRun, readyRun } from '@main/runs/lifecycle'
import { thisProcess } from '@main/runs/process'
import type { Store } from '@main/store/query'
import { claimStudy, endStudy, getStudy, joinStudy, leaveOut, type StudyEnd, studyCells } from '@main/store/studies'
import { describeError, GpoError } from '@shared/errors'
import type { Plan } from '@shared/schemas/plan'
import type { RunRecord } from '@shared/schemas/run'
import type { Study } from '@shared/schemas/study'
import { planOf } from '@shared/study/cells'
import { endedEarly } from '@shared/study/stop-early'
import { type CellRun, cellRuns, isFinal, runDataOf } from './evidence'
import { refuseOtherInputs } from './same-inputs'

/** What differs between the window and the terminal. */
export interface StudyHost {
  /** Drives a run to its end, a stop or a failure. @throws {GpoError} if it cannot be driven */
  drive(ready: ReadyRun, cell: CellRun): Promise<RunRecord>
  /** The plan with what it starts from on disk, if that is another run's result. */
  prepare(plan: Plan): Promise<Plan>
  /** True once a person has asked for a pause. */
  isPausing(): boolean
  /** A run has begun, or the study has changed otherwise. */
  onChange(): void
}

const isOpen = ({ leftOut, record }: CellRun): boolean =>
  leftOut === null && record?.status !== 'completed' && !(record && isFinal(record))

/** Applies the study's own rule, if it has one, to the combinations that have not begun. */
function applyRule(store: Store, id: string, study: Study): void {
  if (!study.stopEarly) return
  const cells = cellRuns(store, id)
  for (const { name: task } of study.tasks) {
    const runs = cells.filter((cell) => cell.task === task).flatMap((cell) => runDataOf(store, study, cell) ?? [])
    for (const { name: arm } of study.arms) {
      const why = endedEarly(study, runs, arm)
      if (why !== null) leaveOut(store, id, { task, arm }, why)
    }
  }
}

/** The run of a combination: the one that it has, or a new one. */
async function readyCell(store: Store, id: string, study: Study, cell: CellRun, host: StudyHost): Promise<ReadyRun> {
  if (cell.run !== null) return readyRun(store, cell.run)
  const plan = await host.prepare(planOf(study, cell))
  return beginRun(store, plan, (run, prints) => {
    refuseOtherInputs(store, studyCells(store, id), prints)
    joinStudy(store, id, cell.position, run.id)
  })
}

/** How the study ends after a run has; null if it goes on. */
function endAfter(run: RunRecord, isPausing: boolean): StudyEnd | null {
  const told = (text: string): StudyEnd['error'] => ({
    code: run.error?.code ?? 'usage',
    message: `Run ${run.name}: ${text}`,
  })
  switch (run.status) {
    case 'completed':
      return null
    case 'failed':
      return isFinal(run) ? null : { state: 'failed', error: told(run.error?.message ?? 'it failed') }
    case 'interrupted':
      return { state: 'paused', error: told(run.error?.message ?? 'it was interrupted') }
    default:
      return isPausing ? { state: 'paused' } : { state: 'paused', error: told('it was stopped by hand') }
  }
}

async function runAll(store: Store, id: string, host: StudyHost): Promise<StudyEnd> {
  const { document } = getStudy(store, id)
  for (;;) {
    applyRule(store, id, document)
    const cell = cellRuns(store, id).find(isOpen)
    if (!cell) return { state: 'done' }
    if (host.isPausing()) return { state: 'paused' } // before data is read, and again after
    const ready = await readyCell(store, id, document, cell, host)
    host.onChange()
    if (host.isPausing()) return { state: 'paused' }
    const end = endAfter(await host.drive(ready, { ...cell, run: ready.run.id, record: ready.run }), host.isPausing())
    if (end) return end
  }
}

const failed = (error: GpoError): StudyEnd => ({ state: 'failed', error: { code: error.code, message: error.message } })

/**
 * Runs until all combinations are done, a pause, or a failure that would meet the others too; the store then says which. A bug pauses the study
 * and is thrown.
 * @throws {GpoError} 'usage' if another process conducts it
 */
export async function conductStudy(store: Store, id: string, host: StudyHost): Promise<void> {
  const owner = thisProcess()
  claimStudy(store, id, owner)
  host.onChange()
  try {
    const end = await runAll(store, id, host).catch((error: unknown) => {
      if (error instanceof GpoError) return failed(error)
      throw error
    })
    endStudy(store, id, owner, end)
  } catch (error) {
    endStudy(store, id, owner, { state: 'paused', error: { code: 'internal', message: describeError(error) } })
    throw error
  } finally {
    host.onChange()
  }
}
