/** Makes the processes that compute. */
import { fork } from 'node:child_process'
import { describeError } from '@shared/errors'

export interface WorkerExit {
  readonly code: number | null
  readonly signal: string | null
  /** The last lines of its standard error, for a crash that could not report itself. */
  readonly lastWords: string
}

/** A process with a message port, whoever made it. */
export interface WorkerProcess {
  readonly pid: number | null
  /** To a process that has ended: does nothing. */
  send(message: unknown): void
  kill(): void
  onMessage(listener: (raw: unknown) => void): void
  /** Once, when the process has ended and its last message was handed over. */
  onExit(listener: (exit: WorkerExit) => void): void
}

/** How a process is made; Electron has its own way. */
export type Fork = (workerPath: string) => WorkerProcess

/** Characters. */
const LAST_WORDS = 2000

/** Keeps the end of what is noted. */
export function createLastWords() {
  let text = ''
  return {
    note: (more: string) => {
      text = (text + more).slice(-LAST_WORDS)
    },
    get: () => text,
  }
}

/**
 * Activations are freed and allocated again all the time: glibc keeps their pages instead of asking the system for zeroed ones.
 * Other allocators ignore it. What the user has set stays.
 */
export const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: '4294967296', MALLOC_TRIM_THRESHOLD_: '8589934592' }

/** A child process of Node; its standard output is dropped, the end of its standard error kept. */
export const forkNode: Fork = (workerPath) => {
  const child = fork(workerPath, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...ALLOCATOR, ...process.env },
  })
  const words = createLastWords()
  child.stderr?.setEncoding('utf8').on('data', words.note)
  child.on('error', (error) => words.note(describeError(error)))
  return {
    pid: child.pid ?? null,
    send: (message) => {
      if (child.connected) child.send(message as object, () => {}) // if it ends meanwhile, its exit says so
    },
    kill: () => void child.kill('SIGKILL'),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      child.once('close', (code, signal) => listener({ code, signal, lastWords: words.get() }))
      child.once(
        'error',
        () => child.pid === undefined && listener({ code: null, signal: null, lastWords: words.get() }),
      )
    },
  }
}
