/** Starts a trainer process and communicates with it. It does not know runs or the store. */
import { trainerLog } from '@main/paths'
import type { TrainerEvent } from '@shared/schemas/events'
import { type Connection, connect } from './connect'
import { trainerContract } from './contract'
import { type Fork, forkWorker, type WorkerExit } from './fork'
import type { StartMessage } from './protocol'
import { fromWire, unreadable } from './wire-error'

export interface Trainer {
  readonly pid: number | null
  stop(): void
  /** Without waiting for the iteration: what it has sampled is dropped. */
  stopNow(): void
  pause(): void
  resume(): void
  checkpoint(): void
  evaluate(): void
  kill(): void
  /** Resolves when the process has ended and all its events were delivered. Rejects with what `onEvent` threw, after ending the process. */
  readonly exited: Promise<WorkerExit>
}

export interface TrainerOptions {
  readonly workerPath: string
  readonly start: StartMessage
  /** Gets the events in order. A message that cannot be read becomes a `failed` event and ends the process. */
  readonly onEvent: (event: TrainerEvent) => void
  /** How a process is created; Electron has its own way. */
  readonly fork?: Fork
}

type Worker = Connection<typeof trainerContract>

/** A command to an ended process does nothing. */
const ignore = (asked: Promise<unknown>): void => void asked.catch(() => {})

/** The last event of a failed stream; null if the process is gone, whose exit explains the failure. */
function failureOf(error: unknown, worker: Worker): TrainerEvent | null {
  const garbled = { code: 'training', message: 'the trainer sent a message that cannot be read' }
  const told = unreadable(error, 'the trainer') ?? (worker.isGarbled() ? garbled : fromWire(error))
  return told && { type: 'failed', code: told.code, message: told.message }
}

/** Delivers events until the stream ends, an event cannot be read, or `onEvent` throws; then ends the process. */
async function follow(worker: Worker, start: StartMessage, onEvent: TrainerOptions['onEvent']): Promise<WorkerExit> {
  let thrown: { readonly error: unknown } | null = null
  const hand = (event: TrainerEvent) => {
    try {
      onEvent(event)
    } catch (error) {
      thrown = { error }
      throw error
    }
  }
  try {
    for await (const events of await worker.client.train(start)) for (const event of events) hand(event)
    ignore(worker.client.end())
  } catch (error) {
    const failure = thrown ? null : failureOf(error, worker)
    if (unreadable(error, '') || thrown) worker.kill()
    else ignore(worker.client.end())
    try {
      if (failure) hand(failure)
    } catch {
      worker.kill()
    }
  }
  const exit = await worker.exited
  if (thrown) throw (thrown as { readonly error: unknown }).error
  return exit
}

export function startTrainer({ workerPath, start, onEvent, fork: make = forkWorker }: TrainerOptions): Trainer {
  const worker = connect(make(workerPath, trainerLog(start.runFolder)), trainerContract)
  const { client } = worker
  return {
    pid: worker.pid,
    exited: follow(worker, start, onEvent),
    stop: () => ignore(client.stop()),
    stopNow: () => ignore(client.stopNow()),
    pause: () => ignore(client.pause()),
    resume: () => ignore(client.continue()),
    checkpoint: () => ignore(client.checkpoint()),
    evaluate: () => ignore(client.evaluate()),
    kill: worker.kill,
  }
}
