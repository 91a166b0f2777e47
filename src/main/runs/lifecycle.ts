/** A run's life, whoever drives it: it begins from a plan or goes on, is driven by one process, and ends. */
import { withOwnAdapter } from '@main/library/models/adapter'
import type { Store } from '@main/store/query'
import { getRun, refuseReadOnly } from '@main/store/runs'
import type { Plan } from '@shared/schemas/plan'
import type { RunRecord } from '@shared/schemas/run'
import { type Execution, executeRun } from './execute'
import { loadInputs, newRun, prepareResume, type Resumption, type RunInputs } from './prepare'

/** A run whose data was read and whose model was found. */
export interface ReadyRun {
  readonly run: RunRecord
  readonly inputs: RunInputs
}

/** @throws {GpoError} what is wrong with the plan, its data or its model; then there is no run */
export async function beginRun(store: Store, wanted: Plan): Promise<ReadyRun> {
  const plan = withOwnAdapter(wanted)
  const inputs = await loadInputs(plan)
  return { run: newRun(store, plan), inputs }
}

/** A run that was made before. @throws {GpoError} what is wrong with its data or its model; then nothing was changed */
export async function readyRun(store: Store, id: string): Promise<ReadyRun> {
  const run = getRun(store, id)
  refuseReadOnly(store, id)
  return { run, inputs: await loadInputs(run.plan) }
}

type Driving = Pick<Execution, 'store' | 'workerPath' | 'fork' | 'onStart' | 'onEvent' | 'onRecorded'>

export interface Drive extends Driving, ReadyRun {
  /** Called before the trainer starts, with where the run goes on. */
  readonly onPrepared?: (resumption: Resumption) => void
}

/**
 * Takes the run back to its newest usable checkpoint, if it has one, and follows it to its end.
 * @throws GpoError when it cannot be driven; a bug in a listener ends the run as interrupted and is thrown
 */
export async function driveRun({ run, inputs, onPrepared, ...driving }: Drive): Promise<RunRecord> {
  const resumption = prepareResume(driving.store, run.id)
  onPrepared?.(resumption)
  return executeRun({ ...driving, ...inputs, run: resumption.run, resumeFrom: resumption.resumeFrom })
}
