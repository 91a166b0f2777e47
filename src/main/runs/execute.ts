/** Drives one run: starts its trainer, persists what it tells, and says how it ended. */
import { mkdirSync } from 'node:fs'
import type { Store } from '@main/store/query'
import { recordEvents } from '@main/store/record-events'
import { endRun, getRun, type RunEnd, startRun } from '@main/store/runs'
import { startTrainer, type Trainer, type TrainerExit } from '@main/trainer/client'
import { startMessage } from '@main/trainer/protocol'
import { describeError, GpoError } from '@shared/errors'
import type { Example } from '@shared/schemas/dataset'
import type { FailedEvent, FinishedEvent, TrainerEvent } from '@shared/schemas/events'
import type { RunRecord } from '@shared/schemas/run'
import { thisProcess } from './process'

const FLUSH_MS = 250
const FLUSH_EVENTS = 500

export interface Execution {
  readonly store: Store
  readonly run: RunRecord
  readonly workerPath: string
  readonly modelFolder: string
  readonly train: readonly Example[]
  readonly evaluation: readonly Example[]
  /** A checkpoint's folder, or null to begin at the beginning. */
  readonly resumeFrom: string | null
  readonly onEvent?: (event: TrainerEvent) => void
  /** Called once the trainer runs, for stop, pause and the like. */
  readonly onStart?: (trainer: Trainer) => void
}

/** Collects events and writes them in batches; a checkpoint is written at once, together with everything before it. */
function createRecorder(store: Store, runId: string, onError: (error: unknown) => void) {
  let waiting: TrainerEvent[] = []
  let timer: NodeJS.Timeout | null = null
  let isBroken = false
  const flush = () => {
    if (timer) clearTimeout(timer)
    timer = null
    const events = waiting
    waiting = []
    if (events.length === 0 || isBroken) return
    try {
      recordEvents(store, runId, events)
    } catch (error) {
      isBroken = true
      onError(error)
    }
  }
  return {
    flush,
    add(event: TrainerEvent) {
      if (event.type === 'phase') return
      waiting.push(event)
      if (event.type === 'checkpoint' || waiting.length >= FLUSH_EVENTS) flush()
      else timer ??= setTimeout(flush, FLUSH_MS)
    },
  }
}

function outcome(last: FinishedEvent | FailedEvent | null, exit: TrainerExit, storageError: unknown): RunEnd {
  if (storageError) {
    const code = storageError instanceof GpoError ? storageError.code : 'internal'
    return { status: 'failed', error: { code, message: describeError(storageError) } }
  }
  if (last?.type === 'finished') return { status: last.outcome }
  if (last?.type === 'failed') return { status: 'failed', error: { code: last.code, message: last.message } }
  return { status: 'interrupted', error: { code: 'interrupted', message: describeExit(exit) } }
}

/** Who is killed has no last words: what stands on its standard error then is older and no cause. */
function describeExit({ signal, code, lastWords }: TrainerExit): string {
  if (signal === 'SIGKILL') return 'The trainer was ended by SIGKILL: by hand, or by the system when memory ran out.'
  const words = lastWords.trim()
  return `The trainer ${signal ? `was ended by ${signal}` : `ended with code ${code}`}.${words ? ` Its last words: ${words}` : ''}`
}

/**
 * Runs to the end, a stop, a failure or a crash; the store then says which.
 * @throws GpoError('usage') when the run is driven by another process already
 */
export async function executeRun(execution: Execution): Promise<RunRecord> {
  const { store, run, workerPath, onEvent } = execution
  const owner = thisProcess()
  startRun(store, run.id, owner)
  mkdirSync(run.folder, { recursive: true })
  let last: FinishedEvent | FailedEvent | null = null
  let storageError: unknown = null
  const recorder = createRecorder(store, run.id, (error) => {
    storageError = error
    trainer.kill()
  })
  const trainer = startTrainer({
    workerPath,
    start: startMessage({
      plan: run.plan,
      runFolder: run.folder,
      modelFolder: execution.modelFolder,
      resumeFrom: execution.resumeFrom,
      train: [...execution.train],
      evaluation: [...execution.evaluation],
    }),
    onEvent(event) {
      if (event.type === 'finished' || event.type === 'failed') last = event
      recorder.add(event)
      onEvent?.(event)
    },
  })
  execution.onStart?.(trainer)
  try {
    const exit = await trainer.exited
    recorder.flush()
    endRun(store, run.id, owner, outcome(last, exit, storageError))
  } catch (error) {
    endRun(store, run.id, owner, { status: 'interrupted', error: { code: 'internal', message: describeError(error) } })
    throw error
  }
  return getRun(store, run.id)
}
