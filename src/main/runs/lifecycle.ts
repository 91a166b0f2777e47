/** A run's life, whoever drives it: it begins from a plan or goes on, is driven by one process, and ends. */
import { withOwnAdapter } from '@main/library/models/adapter'
import { accessTo, type KeyOf } from '@main/servers/access'
import { refuseForeignEngines } from '@main/servers/consent'
import { type Fingerprint, keepFingerprints } from '@main/store/fingerprints'
import { type Store, transaction } from '@main/store/query'
import { getRun, refuseReadOnly } from '@main/store/runs'
import type { Plan } from '@shared/schemas/plan'
import type { RunRecord } from '@shared/schemas/run'
import { type Execution, executeRun } from './execute'
import { checkSameInputs, completeFingerprints, type SameInputs, takeFingerprints } from './fingerprints'
import { createPatience } from './patience'
import { planWarnings, refuseUnfitPlan } from './plan-checks'
import { loadInputs, newRun, prepareResume, type ResumeOptions, type Resumption, type RunInputs } from './prepare'

/** A run whose data was read and whose model was found. */
export interface ReadyRun {
  readonly run: RunRecord
  readonly inputs: RunInputs
  /** Warnings about its plan, and about what cannot be checked. */
  readonly notes: readonly string[]
}

/** Called in the transaction that creates the run; what it throws undoes that. */
export type OnCreated = (run: RunRecord, prints: readonly Fingerprint[]) => void

/** @throws {GpoError} what is wrong with the plan, its data or its model, or what `onCreated` throws; then there is no run */
export async function beginRun(store: Store, wanted: Plan, onCreated?: OnCreated): Promise<ReadyRun> {
  const plan = withOwnAdapter(wanted)
  refuseUnfitPlan(plan)
  refuseForeignEngines(plan)
  const inputs = await loadInputs(plan)
  const notes = await planWarnings(plan)
  const prints = await takeFingerprints(store, plan)
  const run = transaction(store, () => {
    const made = newRun(store, plan)
    keepFingerprints(store, made.id, prints)
    onCreated?.(made, prints)
    return made
  })
  return { run, inputs, notes }
}

/**
 * An existing run.
 * @throws {GpoError} what is wrong with its data or its model; 'changed' when they are not those it began with. Then nothing was changed
 */
export async function readyRun(store: Store, id: string, options: SameInputs = {}): Promise<ReadyRun> {
  const run = getRun(store, id)
  refuseReadOnly(store, id)
  refuseUnfitPlan(run.plan)
  refuseForeignEngines(run.plan)
  const changes = await checkSameInputs(store, run, options)
  const inputs = await loadInputs(run.plan)
  return { run, inputs, notes: [...changes, ...(await planWarnings(run.plan))] }
}

type Driving = Pick<Execution, 'store' | 'workerPath' | 'fork' | 'onStart' | 'onEvent' | 'onRecorded'>

export interface Drive extends Driving, Omit<ReadyRun, 'notes'> {
  readonly options?: ResumeOptions | undefined
  /** Keys of sampling servers; absent: those of the environment. */
  readonly keyOf?: KeyOf | undefined
  /** Called when the fingerprints of large files could not be completed while the run trained. */
  readonly onUnprinted: (error: unknown) => void
  /** Called before the trainer starts, with the point from which the run resumes. */
  readonly onPrepared?: (resumption: Resumption) => void
}

/**
 * Resets the run to its newest usable checkpoint, if it has one, and runs it to its end.
 * @throws GpoError when it cannot be driven; a bug in a listener ends the run as interrupted and is thrown
 */
export async function driveRun({
  run,
  inputs,
  options = {},
  keyOf,
  onPrepared,
  onUnprinted,
  ...driving
}: Drive): Promise<RunRecord> {
  const { store } = driving
  const servers = accessTo(run.plan, keyOf)
  const patience = createPatience(store, (reason) => driving.onEvent?.({ type: 'held', reason }))
  const resumption = await patience.attempt(() => prepareResume(store, run.id, options))
  onPrepared?.(resumption)
  const ending = new AbortController()
  const printing = completeFingerprints(store, run.id, run.plan, ending.signal).catch(onUnprinted)
  try {
    return await executeRun({ ...driving, ...inputs, run: resumption.run, resumeFrom: resumption.resumeFrom, servers })
  } finally {
    ending.abort()
    await printing
  }
}
