/** Starts a trainer process and talks to it. Knows nothing of runs or the store. */
import { trainerLog } from '@main/paths'
import { describeError } from '@shared/errors'
import type { TrainerEvent } from '@shared/schemas/events'
import { type Fork, forkNode, type WorkerExit, type WorkerProcess } from './fork'
import { parseTrainerEvent, type StartMessage, type TrainerCommand } from './protocol'

export interface Trainer {
  readonly pid: number | null
  stop(): void
  pause(): void
  resume(): void
  checkpoint(): void
  evaluate(): void
  kill(): void
  /** When the process has ended and every event of it was handed over. Rejects with what `onEvent` threw; the process is ended then too. */
  readonly exited: Promise<WorkerExit>
}

export interface TrainerOptions {
  readonly workerPath: string
  readonly start: StartMessage
  /** Gets the events in order. A message that cannot be read becomes a `failed` event and ends the process. */
  readonly onEvent: (event: TrainerEvent) => void
  /** How a process is made; Electron has its own way. */
  readonly fork?: Fork
}

/** The event of a message; one that cannot be read is a failure of the trainer. */
function eventOf(raw: unknown): { readonly event: TrainerEvent; readonly isReadable: boolean } {
  try {
    return { event: parseTrainerEvent(raw), isReadable: true }
  } catch (error) {
    return { event: { type: 'failed', code: 'training', message: describeError(error) }, isReadable: false }
  }
}

/** Hands events over until the process ends, one cannot be read, or `onEvent` throws. */
function listen(child: WorkerProcess, onEvent: TrainerOptions['onEvent']): Promise<WorkerExit> {
  let isListening = true
  let thrown: { readonly error: unknown } | null = null
  const giveUp = () => {
    isListening = false
    child.kill()
  }
  child.onMessage((raw) => {
    if (!isListening) return
    const { event, isReadable } = eventOf(raw)
    if (!isReadable) giveUp()
    try {
      onEvent(event)
    } catch (error) {
      thrown = { error }
      giveUp()
    }
  })
  return new Promise((resolve, reject) => {
    child.onExit((exit) => (thrown ? reject(thrown.error) : resolve(exit)))
  })
}

export function startTrainer({ workerPath, start, onEvent, fork: make = forkNode }: TrainerOptions): Trainer {
  const child = make(workerPath, trainerLog(start.runFolder))
  const send = (command: TrainerCommand) => child.send(command)
  const exited = listen(child, onEvent)
  send(start)
  return {
    pid: child.pid,
    stop: () => send({ type: 'stop' }),
    pause: () => send({ type: 'pause' }),
    resume: () => send({ type: 'continue' }),
    checkpoint: () => send({ type: 'checkpoint' }),
    evaluate: () => send({ type: 'evaluate' }),
    kill: () => child.kill(),
    exited,
  }
}
