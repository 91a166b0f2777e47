/** Drives one run: starts its trainer, stores its events, and records how it ended. */
import { mkdirSync } from 'node:fs'
import { trainerLog } from '@main/paths'
import { ownRunFolder } from '@main/paths/run-folder'
import type { Store } from '@main/store/query'
import { endRun, getRun, type RunEnd, startRun } from '@main/store/runs'
import { startTrainer, type Trainer } from '@main/workers/client'
import type { Fork, WorkerExit } from '@main/workers/fork'
import { bugMessage } from '@main/workers/log'
import { startMessage } from '@main/workers/protocol'
import { describeError, GpoError, isErrorCode } from '@shared/errors'
import type { Example } from '@shared/schemas/dataset'
import type { FailedEvent, FinishedEvent, TrainerEvent } from '@shared/schemas/events'
import type { RunError, RunOwner, RunRecord } from '@shared/schemas/run'
import type { ServerAccess } from '@shared/schemas/server'
import { safeText } from '@shared/shown'
import { keptOnDisk } from './on-disk'
import { createPatience, type Patience, sometime } from './patience'
import { thisProcess } from './process'
import { createRecorder } from './recorder'

/** How long the end of a run that was told to end waits for the database; milliseconds. */
const PATIENCE_AT_STOP = 30_000
const PATIENCE_AT_KILL = 5000

export interface Execution {
  readonly store: Store
  readonly run: RunRecord
  readonly workerPath: string
  readonly modelFolder: string
  readonly train: readonly Example[]
  readonly evaluation: readonly Example[]
  /** How its sampling servers are reached. */
  readonly servers?: readonly ServerAccess[]
  /** Entries on the data for the run's record, beside the trainer's environment. */
  readonly record?: Readonly<Record<string, string>>
  /** A checkpoint's folder, or null to start from the beginning. */
  readonly resumeFrom: string | null
  readonly onEvent?: (event: TrainerEvent) => void
  /** Called when events can be read from the store. */
  readonly onRecorded?: (events: readonly TrainerEvent[]) => void
  /** How the trainer's process is created, if it is not a child of Node. */
  readonly fork?: Fork
  /** Called when the trainer runs, for example to stop or pause it. */
  readonly onStart?: (trainer: Trainer) => void
}

const failure = (error: unknown): RunError => ({
  code: error instanceof GpoError ? error.code : 'internal',
  message: describeError(error),
})

/** A bug and a crash name the log; an expected failure is complete without it. */
function outcome(last: FinishedEvent | FailedEvent | null, exit: WorkerExit, logFile: string): RunEnd {
  if (last?.type === 'finished') return { status: last.outcome }
  if (last === null)
    return { status: 'interrupted', error: { code: 'interrupted', message: bugMessage(describeExit(exit), logFile) } }
  const { code } = last
  const message = safeText(last.message)
  return { status: 'failed', error: { code, message: isErrorCode(code) ? message : bugMessage(message, logFile) } }
}

/** The standard error of a killed process does not explain its end, so it is not quoted. */
function describeExit({ signal, code, lastWords }: WorkerExit): string {
  if (signal === 'SIGKILL') return 'The trainer was killed (SIGKILL): by hand, or by the system because memory ran out.'
  const words = lastWords.trim()
  const end = signal ? `was ended by ${signal}` : `ended with code ${code}`
  return `The trainer ${end}.${ranOutOfMemory(signal, code) ? OUT_OF_MEMORY : ''}${words ? ` Its last output: ${words}` : ''}`
}

const OUT_OF_MEMORY =
  ' Usually that means memory ran out: try fewer lanes, shorter completions or fewer tokens per pass.'

/** Allocators abort or trap when memory runs out; Electron reports the signal's number as the exit code. */
const ranOutOfMemory = (signal: string | null, code: number | null): boolean =>
  signal === 'SIGABRT' || signal === 'SIGTRAP' || [5, 6, 133, 134].includes(code ?? 0)

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    const cure = 'check that its disk has space and that you may write there'
    const message = `The run's folder ${folder} cannot be created: ${cure}. (${describeError(error)})`
    throw new GpoError('storage', message, { cause: error })
  }
}

/** Waits for the trainer's end, even if something is thrown here. @throws what `onStart` or `onEvent` threw */
async function endOf(trainer: Trainer, onStart: Execution['onStart']): Promise<WorkerExit> {
  try {
    onStart?.(trainer)
    return await trainer.exited
  } catch (error) {
    trainer.kill()
    await trainer.exited.catch(() => {}) // rejects with what is thrown here
    throw error
  }
}

const pausing = (reason: string): string =>
  `${reason} The run is paused until then and goes on by itself; nothing that it has computed is lost meanwhile.`

/**
 * A trainer that pauses at its next safe point while the store cannot be written, whatever a person asks meanwhile but the end; a person's own
 * pause lasts.
 */
function holdable(trainer: Trainer, patience: Patience): { readonly trainer: Trainer; hold(isHeld: boolean): void } {
  let [isHeld, isPaused] = [false, false]
  const ending = (end: () => void, waits: number) => () => {
    patience.hurry(waits)
    end()
  }
  return {
    hold(now) {
      isHeld = now
      if (isHeld) trainer.pause()
      else if (!isPaused) trainer.resume()
    },
    trainer: {
      ...trainer,
      pause() {
        isPaused = true
        trainer.pause()
      },
      resume() {
        isPaused = false
        if (!isHeld) trainer.resume()
      },
      stop: ending(trainer.stop, PATIENCE_AT_STOP),
      stopNow: ending(trainer.stopNow, PATIENCE_AT_STOP),
      kill: ending(trainer.kill, PATIENCE_AT_KILL),
    },
  }
}

/** Starts the trainer and follows it to its end; by then all its events are stored. */
async function drive(execution: Execution, driving: Driving): Promise<RunEnd> {
  const { store, run, workerPath, onStart, onEvent } = execution
  makeFolder(run.folder)
  ownRunFolder(store.file, run.id) // throws for one that is elsewhere
  let last: FinishedEvent | FailedEvent | null = null
  let broken: { readonly error: unknown } | null = null
  const recorder = createRecorder({
    store,
    runId: run.id,
    patience: driving.patience,
    onRecorded: execution.onRecorded,
    onError: (error) => {
      broken = { error }
      started.kill()
    },
  })
  const started = startTrainer({
    workerPath,
    fork: execution.fork,
    start: startMessage({
      plan: run.plan,
      runFolder: run.folder,
      modelFolder: execution.modelFolder,
      resumeFrom: execution.resumeFrom,
      train: [...execution.train],
      evaluation: [...execution.evaluation],
      servers: [...(execution.servers ?? [])],
    }),
    onEvent(event) {
      if (event.type === 'finished' || event.type === 'failed') last = event
      const { record = {} } = execution
      recorder.add(
        event.type === 'environment' ? { ...event, environment: { ...event.environment, ...record } } : event,
      )
      onEvent?.(event)
    },
  })
  const { trainer, hold } = holdable(started, driving.patience)
  driving.hold = hold
  const exit = await endOf(trainer, onStart).finally(recorder.drained)
  return broken === null ? outcome(last, exit, trainerLog(run.folder)) : notStored(store, run.id, broken)
}

function notStored(store: Store, runId: string, { error }: { readonly error: unknown }): RunEnd {
  const { code, message } = failure(error)
  return { status: 'failed', error: { code, message: `${message} ${keptOnDisk(store, runId)}` } }
}

/** If even the end cannot be stored, the reason is thrown; the run is marked as interrupted as soon as that is possible, at the latest at the next start. */
async function recordEnd(
  execution: Execution,
  { patience, begun }: Driving,
  owner: RunOwner,
  end: RunEnd,
): Promise<void> {
  const { store, run } = execution
  const now = Date.now()
  const workedMs = performance.now() - begun
  try {
    await patience.attempt(() => endRun(store, run.id, owner, { ...end, workedMs }, now))
  } catch (error) {
    throw end.error?.code === 'storage' ? new GpoError('storage', end.error.message, { cause: error }) : error
  }
}

/** What waits for the store, and whoever is held meanwhile. */
interface Driving {
  readonly patience: Patience
  /** When, by the clock that cannot jump. */
  readonly begun: number
  hold: (isHeld: boolean) => void
}

function beginDriving({ store, onEvent }: Execution): Driving {
  const patience = createPatience(store, (reason) => {
    driving.hold(reason !== null)
    onEvent?.({ type: 'held', reason: reason === null ? null : pausing(reason) })
  })
  const driving: Driving = { patience, begun: performance.now(), hold: () => {} }
  return driving
}

/**
 * Runs to the end, a stop, a failure or a crash; the store then says which. A bug in `onStart` or `onEvent` ends the run as interrupted and
 * is thrown.
 * @throws GpoError('usage') when another process already drives the run, ('storage') when not even its end can be stored
 */
export async function executeRun(execution: Execution): Promise<RunRecord> {
  const { store, run } = execution
  const owner = thisProcess()
  const driving = beginDriving(execution)
  await driving.patience.attempt(() => startRun(store, run.id, owner))
  try {
    await recordEnd(execution, driving, owner, await drive(execution, driving).catch(expected))
  } catch (error) {
    abandon(store, run.id, owner, error)
    throw error
  }
  return getRun(store, run.id)
}

/** How a run ends after an expected failure. @throws anything else */
function expected(error: unknown): RunEnd {
  if (error instanceof GpoError) return { status: 'failed', error: failure(error) }
  throw error
}

/** Used after a bug, or when the end cannot be stored; that is the error to report, so nothing is thrown here. */
function abandon(store: Store, runId: string, owner: RunOwner, error: unknown): void {
  const now = Date.now()
  sometime(store, () => void endRun(store, runId, owner, { status: 'interrupted', error: failure(error) }, now))
}
