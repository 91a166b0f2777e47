/** Starts a trainer process and talks to it. Knows nothing of runs or the store. */
import { type ChildProcess, fork } from 'node:child_process'
import { describeError } from '@shared/errors'
import type { TrainerEvent } from '@shared/schemas/events'
import { parseTrainerEvent, type StartMessage, type TrainerCommand } from './protocol'

export interface TrainerExit {
  readonly code: number | null
  readonly signal: string | null
  /** The last lines of its standard error, for a crash that could not report itself. */
  readonly lastWords: string
}

export interface Trainer {
  readonly pid: number | null
  stop(): void
  pause(): void
  resume(): void
  checkpoint(): void
  evaluate(): void
  kill(): void
  /** When the process has ended and every event of it was handed over. */
  readonly exited: Promise<TrainerExit>
}

export interface TrainerOptions {
  readonly workerPath: string
  readonly start: StartMessage
  readonly onEvent: (event: TrainerEvent) => void
  /** How a process is made; Electron has its own way. */
  readonly spawn?: (workerPath: string) => ChildProcess
}

const LAST_WORDS = 2000

const forkWorker = (workerPath: string): ChildProcess =>
  fork(workerPath, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })

export function startTrainer({ workerPath, start, onEvent, spawn = forkWorker }: TrainerOptions): Trainer {
  const child = spawn(workerPath)
  let lastWords = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS)
  })
  child.on('message', (raw) => {
    try {
      onEvent(parseTrainerEvent(raw))
    } catch (error) {
      onEvent({ type: 'failed', code: 'training', message: describeError(error) })
      child.kill('SIGKILL')
    }
  })
  const exited = new Promise<TrainerExit>((resolve) => {
    child.once('error', (error) => {
      lastWords += describeError(error)
      if (child.pid === undefined) resolve({ code: null, signal: null, lastWords })
    })
    child.once('close', (code, signal) => resolve({ code, signal, lastWords }))
  })
  const send = (command: TrainerCommand) => {
    // A trainer that has just ended takes no more commands; its exit says the rest.
    if (child.connected) child.send(command, () => {})
  }
  send(start)
  return {
    pid: child.pid ?? null,
    stop: () => send({ type: 'stop' }),
    pause: () => send({ type: 'pause' }),
    resume: () => send({ type: 'continue' }),
    checkpoint: () => send({ type: 'checkpoint' }),
    evaluate: () => send({ type: 'evaluate' }),
    kill: () => void child.kill('SIGKILL'),
    exited,
  }
}
