/** Starts a trainer process and talks to it. Knows nothing of runs or the store. */
import { fork } from 'node:child_process'
import { describeError } from '@shared/errors'
import type { TrainerEvent } from '@shared/schemas/events'
import { parseTrainerEvent, type StartMessage, type TrainerCommand } from './protocol'

export interface TrainerExit {
  readonly code: number | null
  readonly signal: string | null
  /** The last lines of its standard error, for a crash that could not report itself. */
  readonly lastWords: string
}

/** A process with a message port, whoever made it. */
export interface TrainerProcess {
  readonly pid: number | null
  /** To a process that has ended: does nothing. */
  send(command: TrainerCommand): void
  kill(): void
  onMessage(listener: (raw: unknown) => void): void
  /** Once, when the process has ended and its last message was handed over. */
  onExit(listener: (exit: TrainerExit) => void): void
}

export interface Trainer {
  readonly pid: number | null
  stop(): void
  pause(): void
  resume(): void
  checkpoint(): void
  evaluate(): void
  kill(): void
  /** When the process has ended and every event of it was handed over. Rejects with what `onEvent` threw; the process is ended then too. */
  readonly exited: Promise<TrainerExit>
}

export interface TrainerOptions {
  readonly workerPath: string
  readonly start: StartMessage
  /** Gets the events in order. A message that cannot be read becomes a `failed` event and ends the process. */
  readonly onEvent: (event: TrainerEvent) => void
  /** How a process is made; Electron has its own way. */
  readonly fork?: (workerPath: string) => TrainerProcess
}

/** Characters. */
const LAST_WORDS = 2000

/** A child process of Node; its standard output is dropped, the end of its standard error kept. */
function forkNode(workerPath: string): TrainerProcess {
  const child = fork(workerPath, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let lastWords = ''
  const note = (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS)
  }
  child.stderr?.setEncoding('utf8').on('data', note)
  child.on('error', (error) => note(describeError(error)))
  return {
    pid: child.pid ?? null,
    send: (command) => {
      if (child.connected) child.send(command, () => {}) // if it ends meanwhile, its exit says so
    },
    kill: () => void child.kill('SIGKILL'),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      child.once('close', (code, signal) => listener({ code, signal, lastWords }))
      child.once('error', () => child.pid === undefined && listener({ code: null, signal: null, lastWords }))
    },
  }
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
function listen(child: TrainerProcess, onEvent: TrainerOptions['onEvent']): Promise<TrainerExit> {
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
  const child = make(workerPath)
  const exited = listen(child, onEvent)
  child.send(start)
  return {
    pid: child.pid,
    stop: () => child.send({ type: 'stop' }),
    pause: () => child.send({ type: 'pause' }),
    resume: () => child.send({ type: 'continue' }),
    checkpoint: () => child.send({ type: 'checkpoint' }),
    evaluate: () => child.send({ type: 'evaluate' }),
    kill: () => child.kill(),
    exited,
  }
}
