/**
 * Main's side of a process that answers one request after the other (`one-task.ts`). It is started for the first one, and ended where one takes too
 * long or nothing is asked for a while; the next request gets a new process.
 */
import { type ErrorCode, GpoError, isErrorCode } from '@shared/errors'
import { z } from 'zod'
import { type Fork, forkWorker, type WorkerExit, type WorkerProcess } from './fork'

const codeSchema = z.custom<ErrorCode>((code) => typeof code === 'string' && isErrorCode(code))

/** The value is as the process made it, which runs this program's own code. `code` is null for a bug. */
const replySchema = z.union([
  z.strictObject({ value: z.unknown() }),
  z.strictObject({ code: codeSchema.nullable(), message: z.string() }),
])
type Outcome = z.infer<typeof replySchema> | 'late' | WorkerExit

/** For whoever still waits when the program ends. */
const ENDING = { code: 'interrupted', message: 'The program is ending: ask again when it has started.' } as const

export interface Limit {
  /** Wall-clock time of one answer; milliseconds. */
  readonly ms: number
  /** The error for an answer that took too much; `why` is "over 30 s" or "too much memory". */
  readonly stopped: (why: string) => GpoError
}

/** @throws {GpoError} of the task, 'interrupted' when the program ends, or what `limit` says */
export type Ask = (asked: object, limit: Limit) => Promise<unknown>

export interface TaskProcess {
  /** How many wait, or are at work. */
  readonly waiting: number
  /** Does some work of several requests, between which nobody else asks. */
  alone<T>(work: (ask: Ask) => Promise<T>): Promise<T>
  close(): void
}

export interface TaskProcessOptions {
  readonly workerPath: string
  readonly logFile: () => string
  readonly fork?: Fork | undefined
  /** A process that is asked nothing for this long is ended; milliseconds. */
  readonly idleMs: number
}

const isOutOfMemory = ({ lastWords, signal }: WorkerExit): boolean =>
  /out of memory|Allocation failed/.test(lastWords) || signal === 'SIGKILL'

function replyOf(raw: unknown): Outcome {
  const { data, error } = replySchema.safeParse(raw)
  return data ?? { code: null, message: `a process of this program sent what cannot be read: ${error?.message}` }
}

export function openTaskProcess({ workerPath, logFile, fork = forkWorker, idleMs }: TaskProcessOptions): TaskProcess {
  let worker: WorkerProcess | null = null
  let tell: (outcome: Outcome) => void = () => {}
  let last: Promise<unknown> = Promise.resolve()
  let idle: NodeJS.Timeout | undefined
  let isClosed = false
  let waiting = 0

  function started(): WorkerProcess {
    if (worker) return worker
    const made = fork(workerPath, logFile())
    worker = made
    made.onMessage((raw) => worker === made && tell(replyOf(raw)))
    made.onExit((exit) => {
      if (worker !== made) return // it was ended here
      worker = null
      tell(exit)
    })
    return made
  }

  function end(): void {
    clearTimeout(idle)
    const ended = worker
    worker = null
    ended?.kill()
  }

  async function outcomeOf(asked: object, ms: number): Promise<Outcome> {
    let timer: NodeJS.Timeout | undefined
    clearTimeout(idle)
    try {
      return await new Promise<Outcome>((resolve) => {
        tell = resolve
        timer = setTimeout(() => resolve('late'), ms)
        started().send(asked)
      })
    } finally {
      clearTimeout(timer)
      idle = setTimeout(end, idleMs).unref()
    }
  }

  async function ask(asked: object, { ms, stopped }: Limit): Promise<unknown> {
    const outcome = isClosed ? ENDING : await outcomeOf(asked, ms)
    if (outcome === 'late') end()
    if (outcome === 'late') throw stopped(`over ${ms / 1000} s`)
    if ('lastWords' in outcome) throw isOutOfMemory(outcome) ? stopped('too much memory') : new Error(outcome.lastWords)
    if ('value' in outcome) return outcome.value
    throw outcome.code === null ? new Error(outcome.message) : new GpoError(outcome.code, outcome.message)
  }

  return {
    get waiting() {
      return waiting
    },
    alone(work) {
      waiting++
      const done = last.then(() => work(ask)).finally(() => waiting--)
      last = done.catch(() => {})
      return done
    },
    close() {
      isClosed = true
      end()
      tell(ENDING)
    },
  }
}
