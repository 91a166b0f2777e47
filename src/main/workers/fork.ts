/** Creates the worker processes. */
import { fork } from 'node:child_process'
import { describeError } from '@shared/errors'
import { openLog } from './log'

export interface WorkerExit {
  readonly code: number | null
  readonly signal: string | null
  /** The last lines of its standard error, for a crash without a report. */
  readonly lastWords: string
}

/** A process with a message port, created by Node or by Electron. */
export interface WorkerProcess {
  readonly pid: number | null
  /** Does nothing if the process has ended. */
  send(message: unknown): void
  kill(): void
  onMessage(listener: (raw: unknown) => void): void
  /** Called once, when the process has ended and its last message was delivered. */
  onExit(listener: (exit: WorkerExit) => void): void
}

export interface ForkOptions {
  /** Options for Node. */
  readonly execArgv?: readonly string[]
  /** Gets its standard error, besides the log. */
  readonly onComplaint?: (piece: Uint8Array) => void
}

/** How a process is created; Electron has its own way. Its output goes to the log file. */
export type Fork = (workerPath: string, logFile: string, options?: ForkOptions) => WorkerProcess

/** Characters. */
const LAST_WORDS = 2000

/** Writes a process's output to its log, with a line where it begins and ends, and keeps the end of its standard error. */
export function recordOutput(logFile: string, onComplaint?: ForkOptions['onComplaint']) {
  const log = openLog(logFile)
  const mark = (what: string) => log.write(`--- ${new Date().toISOString()} ${what}\n`)
  let words = ''
  return {
    began: (pid: number | null) => mark(`process ${pid ?? 'unknown'} began`),
    printed: (piece: Uint8Array) => log.write(piece),
    complained(piece: Uint8Array) {
      log.write(piece)
      onComplaint?.(piece)
      words = (words + Buffer.from(piece).toString('utf8')).slice(-LAST_WORDS)
    },
    /** @returns the end of its standard error */
    ended(code: number | null, signal: string | null): string {
      mark(`ended by ${signal ?? `itself, code ${code}`}`)
      return words
    },
  }
}

/**
 * Activations are freed and allocated all the time; with these settings glibc reuses their pages instead of requesting zeroed ones. Other
 * allocators ignore them. The user's own settings take precedence.
 */
export const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: '4294967296', MALLOC_TRIM_THRESHOLD_: '8589934592' }

/** A child process of Node. */
export const forkNode: Fork = (workerPath, logFile, { execArgv = [], onComplaint } = {}) => {
  const child = fork(workerPath, [], {
    execArgv: [...process.execArgv, ...execArgv],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...ALLOCATOR, ...process.env },
  })
  const output = recordOutput(logFile, onComplaint)
  output.began(child.pid ?? null)
  child.stdout?.on('data', output.printed)
  child.stderr?.on('data', output.complained)
  child.on('error', (error) => output.complained(Buffer.from(describeError(error))))
  return {
    pid: child.pid ?? null,
    send: (message) => {
      if (child.connected) child.send(message as object, () => {}) // if it ends in between, its exit is reported
    },
    kill: () => void child.kill('SIGKILL'),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => {
      const end = (code: number | null, signal: string | null) =>
        listener({ code, signal, lastWords: output.ended(code, signal) })
      child.once('close', end)
      child.once('error', () => child.pid === undefined && end(null, null))
    },
  }
}

let forkBy: Fork = forkNode

/** A process as this program's host creates them: of Node, until a host names another way. */
export const forkWorker: Fork = (...how) => forkBy(...how)

/** An installed program has no Node to start: Electron creates its processes. */
export function forkWorkersBy(fork: Fork): void {
  forkBy = fork
}
