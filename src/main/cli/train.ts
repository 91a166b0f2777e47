/** `gpo train` and `gpo resume`. */

import { withOwnAdapter } from '@main/library/models/adapter'
import { readPlan } from '@main/library/plans/plan-file'
import { databaseFile } from '@main/paths'
import { executeRun } from '@main/runs/execute'
import { checkSameInputs, completeFingerprints, takeFingerprints } from '@main/runs/fingerprints'
import { planWarnings, refuseUnfitPlan } from '@main/runs/plan-checks'
import { loadInputs, newRun, prepareResume, type RunInputs, recoverInterrupted, resolveRun } from '@main/runs/prepare'
import { withStartingModel } from '@main/runs/starting-model'
import { keepFingerprints } from '@main/store/fingerprints'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { getRun, refuseReadOnly } from '@main/store/runs'
import { LEFT_OUT } from '@shared/data-record'
import { describeError, ERROR_CODES, isErrorCode } from '@shared/errors'
import type { Plan } from '@shared/schemas/plan'
import type { RunRecord } from '@shared/schemas/run'
import { stopOnInterrupt } from './interrupt'
import { findNamed, openRunsOf } from './model'
import type { Output } from './output'
import { createProgress, runProgress } from './progress'
import { JOB_WORKER, TRAINER } from './workers'

/** A failed run ends the command as its error would have. */
export function exitCodeOf({ status, error }: RunRecord): number {
  if (status === 'interrupted') return ERROR_CODES.interrupted
  if (status !== 'failed') return 0
  return error && isErrorCode(error.code) ? ERROR_CODES[error.code] : 1
}

/** What to tell when a run has ended. */
function summarise(run: RunRecord, output: Output, dbFlag: string): void {
  const resume = `resume it with: gpo resume ${run.id}${dbFlag}`
  switch (run.status) {
    case 'completed':
      output.note(`run ${run.id} completed; its checkpoints are in ${run.folder}`)
      break
    case 'stopped':
      output.note(`run ${run.id} stopped after iteration ${run.iteration} of ${run.iterations}; ${resume}`)
      break
    case 'interrupted':
      output.note(`run ${run.id} was interrupted. ${run.error?.message ?? ''} ${resume}`)
      break
    default: {
      const cure = run.error?.code === 'storage' ? `; then ${resume}` : ''
      output.note(`gpo: run ${run.id} ${run.status}: ${run.error?.message ?? ''}${cure}`)
    }
  }
}

export interface RunFromPlan {
  readonly store: Store
  readonly plan: Plan
  readonly output: Output
  readonly dbFlag: string
}

interface Drive extends Omit<RunFromPlan, 'plan'> {
  readonly run: RunRecord
  readonly inputs: RunInputs
  /** A checkpoint's folder. */
  readonly resumeFrom: string | null
}

async function drive({ store, run, inputs, resumeFrom, output, dbFlag }: Drive): Promise<RunRecord> {
  const progress = createProgress()
  for (const warning of inputs.warnings) progress.note(`warning: ${warning}`)
  const follow = runProgress(progress, run.iterations, run.iteration)
  let release = () => {}
  const ending = new AbortController()
  const noting = completeFingerprints(store, run.id, run.plan, ending.signal).catch((error: unknown) =>
    output.note(`warning: ${describeError(error)}`),
  )
  const ended = await executeRun({
    store,
    run,
    workerPath: TRAINER,
    ...inputs,
    resumeFrom,
    onStart: (trainer) => {
      release = stopOnInterrupt(trainer, progress.note)
    },
    onEvent: (event) => {
      follow(event)
      if (event.type === 'environment' && LEFT_OUT in event.environment)
        progress.note(`warning: ${event.environment[LEFT_OUT]}`)
      if (event.type !== 'trajectories') output.json({ run: run.id, ...event })
    },
  })
  release()
  ending.abort()
  await noting
  progress.end()
  summarise(ended, output, dbFlag)
  return ended
}

/** Makes a run from a plan and drives it to its end. Data and model are checked before the run exists. */
export async function runPlan({ store, plan: wanted, output, dbFlag }: RunFromPlan): Promise<RunRecord> {
  const progress = createProgress()
  const onProgress = (label: string, done: number, total: number) => progress.show(label, done, total, 0, 0)
  const begun = await withStartingModel({ store, plan: wanted, workerPath: JOB_WORKER, onProgress })
  progress.end()
  const plan = withOwnAdapter(begun)
  const inputs = await loadInputs(plan)
  for (const warning of await planWarnings(plan)) output.note(`warning: ${warning}`)
  const prints = await takeFingerprints(store, plan)
  const run = newRun(store, plan)
  keepFingerprints(store, run.id, prints)
  output.note(`run ${run.id}: ${run.name}`)
  return drive({ store, run, inputs, resumeFrom: null, output, dbFlag })
}

export interface StoreOptions {
  readonly db?: string
}

const flagOf = ({ db }: StoreOptions) => (db ? ` --db ${db}` : '')

export async function train(file: string, options: StoreOptions & { set: string[] }, output: Output): Promise<number> {
  const plan = readPlan(file, options.set, (name) => findNamed(name, options.db))
  refuseUnfitPlan(plan)
  const store = openStore(databaseFile(options.db))
  try {
    recoverInterrupted(store)
    const run = await runPlan({ store, plan, output, dbFlag: flagOf(options) })
    return exitCodeOf(run)
  } finally {
    store.close()
  }
}

export interface ResumeOptions extends StoreOptions {
  readonly allowChanged?: boolean
}

export async function resume(wanted: string, options: ResumeOptions, output: Output): Promise<number> {
  const store = openRunsOf(wanted, options.db)
  try {
    recoverInterrupted(store)
    const wantedRun = getRun(store, resolveRun(store, wanted).id)
    refuseReadOnly(store, wantedRun.id)
    refuseUnfitPlan(wantedRun.plan)
    const notes = await checkSameInputs(store, wantedRun, { isChangeAllowed: options.allowChanged })
    const inputs = await loadInputs(wantedRun.plan)
    for (const note of [...notes, ...(await planWarnings(wantedRun.plan))]) output.note(`warning: ${note}`)
    const { run, resumeFrom, iteration, damaged } = prepareResume(store, wantedRun.id)
    for (const reason of damaged) output.note(`warning: ${reason}`)
    output.note(
      resumeFrom
        ? `run ${run.id} goes on after iteration ${iteration}`
        : `run ${run.id} has no usable checkpoint and begins again`,
    )
    const ended = await drive({ store, run, inputs, resumeFrom, output, dbFlag: flagOf(options) })
    return exitCodeOf(ended)
  } finally {
    store.close()
  }
}
