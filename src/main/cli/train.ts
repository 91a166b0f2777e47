/** `gpo train` and `gpo resume`. */

import { withOwnAdapter } from '@main/library/models/adapter'
import { readPlan } from '@main/library/plans/plan-file'
import { databaseFile } from '@main/paths'
import { clearLeftovers } from '@main/runs/leftovers'
import { beginRun, driveRun, type ReadyRun, readyRun } from '@main/runs/lifecycle'
import { offeredCheckpoints } from '@main/runs/on-disk'
import { refuseUnfitPlan } from '@main/runs/plan-checks'
import {
  type Resumption,
  type ResumeOptions as ResumptionOptions,
  recoverInterrupted,
  resolveRun,
} from '@main/runs/prepare'
import { withStartingModel } from '@main/runs/starting-model'
import { allowEngines } from '@main/servers/consent'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { LEFT_OUT } from '@shared/data-record'
import { describeError, ERROR_CODES, isErrorCode } from '@shared/errors'
import { isTraining } from '@shared/method/guided'
import type { TrainerEvent } from '@shared/schemas/events'
import type { Plan } from '@shared/schemas/plan'
import type { RunRecord, RunSummary } from '@shared/schemas/run'
import { stopOnInterrupt } from './interrupt'
import { findNamed, openRunsOf } from './model'
import type { Output } from './output'
import { createProgress, runProgress } from './progress'
import { forkOf, type InspectFlags, JOB_WORKER, TRAINER } from './workers'

/** A failed run ends the command with its error's exit code. */
export function exitCodeOf({ status, error }: RunRecord): number {
  if (status === 'interrupted') return ERROR_CODES.interrupted
  if (status !== 'failed') return 0
  return error && isErrorCode(error.code) ? ERROR_CODES[error.code] : 1
}

/** Prints how a run has ended. */
function summarise(run: RunRecord, output: Output, dbFlag: string): void {
  const resume = `resume it with: gpo resume ${run.id}${dbFlag}`
  switch (run.status) {
    case 'completed':
      if (run.iteration < run.iterations)
        output.note(
          `run ${run.id} stopped early, after iteration ${run.iteration} of ${run.iterations}: held-out accuracy had not risen for ${run.plan.evaluation.patience} evaluations`,
        )
      output.note(
        isTraining(run.plan)
          ? `run ${run.id} completed; its checkpoints are in ${run.folder}`
          : `run ${run.id} has collected all of its trajectories; look at them: gpo show ${run.id}${dbFlag}`,
      )
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
  readonly inspect: InspectFlags
}

export interface Drive extends Omit<RunFromPlan, 'plan'>, ReadyRun {
  /** Called before the run starts, with the iteration it resumes from. */
  readonly announce?: (resumption: Resumption) => void
  readonly options?: ResumptionOptions
  /** Called when events can be read from the store. */
  readonly onRecorded?: (events: readonly TrainerEvent[]) => void
}

export async function drive(settings: Drive): Promise<RunRecord> {
  const { store, run, inputs, options, output, dbFlag, inspect, announce, onRecorded } = settings
  const progress = createProgress()
  let follow: ReturnType<typeof runProgress> = () => {}
  let release = () => {}
  const ended = await driveRun({
    store,
    run,
    inputs,
    options,
    workerPath: TRAINER,
    fork: forkOf(inspect, progress.note),
    ...(onRecorded && { onRecorded }),
    onUnprinted: (error) => progress.note(`warning: ${describeError(error)}`),
    onPrepared: (resumption) => {
      announce?.(resumption)
      for (const warning of inputs.warnings) progress.note(`warning: ${warning}`)
      follow = runProgress(progress, resumption.run.iterations, resumption.run.iteration)
    },
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
  progress.end()
  summarise(ended, output, dbFlag)
  return ended
}

/** The plan as its run will have it: its model's folder, and what its adapter's file says. */
export async function settledPlan({ store, plan, inspect }: RunFromPlan): Promise<Plan> {
  const progress = createProgress()
  const onProgress = (label: string, done: number, total: number) => progress.show(label, done, total, 0, 0)
  const fork = forkOf(inspect, progress.note)
  const begun = await withStartingModel({ store, plan, workerPath: JOB_WORKER, fork, onProgress })
  progress.end()
  return withOwnAdapter(begun)
}

/** Creates a run from a plan. Data and model are checked before the run exists. */
export async function begin(from: RunFromPlan): Promise<ReadyRun> {
  const { store, output } = from
  const ready = await beginRun(store, await settledPlan(from))
  for (const note of ready.notes) output.note(`warning: ${note}`)
  output.note(`run ${ready.run.id}: ${ready.run.name}`)
  return ready
}

/** Creates a run from a plan and runs it to its end. */
export async function runPlan(from: RunFromPlan): Promise<RunRecord> {
  const { plan: _, ...surroundings } = from
  return drive({ ...surroundings, ...(await begin(from)) })
}

export interface StoreOptions extends InspectFlags {
  readonly db?: string
}

export const flagOf = ({ db }: StoreOptions) => (db ? ` --db ${db}` : '')

export interface TrainOptions extends StoreOptions {
  readonly set: string[]
  /** Sampling servers, in place of the plan's. */
  readonly engine: string[]
}

/** A plan's file with what the flags change. @throws {GpoError} 'plan' */
export function planOf(file: string, { engine, set, db }: TrainOptions): Plan {
  const all = engine.length > 0 ? [...set, `rollout.engines=${JSON.stringify(engine)}`] : set
  return readPlan(file, all, (name) => findNamed(name, db))
}

export async function train(file: string, options: TrainOptions, output: Output): Promise<number> {
  const { engine } = options
  const plan = planOf(file, options)
  refuseUnfitPlan(plan)
  const store = openStore(databaseFile(options.db))
  try {
    allowEngines(engine) // whoever types an address consents to it
    recoverInterrupted(store)
    clearLeftovers(store, (error) => output.note(`warning: ${describeError(error)}`))
    const run = await runPlan({ store, plan, output, dbFlag: flagOf(options), inspect: options })
    return exitCodeOf(run)
  } finally {
    store.close()
  }
}

export interface ResumeOptions extends StoreOptions {
  readonly allowChanged?: boolean
  readonly fromDisk?: boolean
}

/** Names a checkpoint on disk that the database does not know. */
export function offer(store: Store, run: RunSummary, dbFlag: string, say: (text: string) => void): void {
  const newest = offeredCheckpoints(store, run).at(-1)
  if (newest === undefined) return
  const how = `gpo resume ${run.id} --from-disk${dbFlag}`
  say(
    `run ${run.id}: the checkpoint of iteration ${newest.iteration} is on disk, but not in the database; to go on from it, without the records since the one before: ${how}`,
  )
}

export async function resume(wanted: string, options: ResumeOptions, output: Output): Promise<number> {
  const store = openRunsOf(wanted, options.db)
  try {
    recoverInterrupted(store)
    const { id } = resolveRun(store, wanted)
    const ready = await readyRun(store, id, { isChangeAllowed: options.allowChanged })
    for (const note of ready.notes) output.note(`warning: ${note}`)
    const announce = ({ run, resumeFrom, iteration, damaged }: Resumption) => {
      for (const reason of damaged) output.note(`warning: ${reason}`)
      output.note(
        resumeFrom
          ? `run ${run.id} resumes after iteration ${iteration}`
          : `run ${run.id} has no usable checkpoint and starts over`,
      )
    }
    const resumeOptions = { isFromDisk: options.fromDisk }
    if (!options.fromDisk) offer(store, ready.run, flagOf(options), output.note)
    const ended = await drive({
      ...{ ...ready, store, output, dbFlag: flagOf(options), inspect: options, announce },
      options: resumeOptions,
    })
    return exitCodeOf(ended)
  } finally {
    store.close()
  }
}
