/** Processes that generate, one per model, kept for a few minutes so that the next prompt need not load the model again. */

import { jobLog } from '@main/paths'
import type { GeneratedText, GeneratedToken } from '@shared/contract/playground'
import { GpoError } from '@shared/errors'
import { type Fork, forkNode, type WorkerProcess } from './fork'
import { type JobOf, type ModelSource, replySchema } from './job'
import { reportedError } from './job-client'
import { bugMessage } from './log'

type GenerateJob = JobOf<'generate'>

export interface GenerateOptions {
  readonly model: ModelSource
  readonly backend: GenerateJob['backend']
  readonly request: GenerateJob['request']
  readonly onToken: (token: GeneratedToken) => void
  /** Stops at the next token. */
  readonly signal?: AbortSignal
}

export interface Generators {
  /** Waits for an earlier request to the same model. @throws GpoError as the process reported it */
  generate(options: GenerateOptions): Promise<GeneratedText>
  close(): void
}

export interface GeneratorsOptions {
  readonly workerPath: string
  readonly fork?: Fork
  /** A process nobody asked for so long is ended; milliseconds. */
  readonly idleMs?: number
}

const IDLE_MS = 3 * 60 * 1000
/** Processes without work that are kept. */
const MAX_IDLE = 2

/** Of the request at work. */
interface Waiting {
  readonly onToken: (token: GeneratedToken) => void
  readonly resolve: (text: GeneratedText) => void
  readonly reject: (error: Error) => void
}

interface Warm {
  readonly child: WorkerProcess
  waiting: Waiting | null
  /** Ends when no request is at work or waits. */
  queue: Promise<unknown>
  requests: number
  idle: NodeJS.Timeout | null
  isGone: boolean
}

export function createGenerators({ workerPath, fork = forkNode, idleMs = IDLE_MS }: GeneratorsOptions): Generators {
  const processes = new Map<string, Warm>()
  const logFile = jobLog('generate')

  function end(key: string): void {
    const warm = processes.get(key)
    processes.delete(key)
    if (warm?.idle) clearTimeout(warm.idle)
    warm?.child.kill()
  }

  function open(key: string): Warm {
    const known = processes.get(key)
    if (known) return known
    const child = fork(workerPath, logFile)
    const warm: Warm = { child, waiting: null, queue: Promise.resolve(), requests: 0, idle: null, isGone: false }
    processes.set(key, warm)
    const settle = (act: (waiting: Waiting) => void) => {
      const { waiting } = warm
      warm.waiting = null
      if (waiting) act(waiting)
    }
    child.onMessage((raw) => {
      const reply = replySchema.parse(raw)
      if (reply.type === 'item') warm.waiting?.onToken(reply.value as GeneratedToken)
      else if (reply.type === 'result') settle(({ resolve }) => resolve(reply.value as GeneratedText))
      else if (reply.type === 'failed')
        settle(({ reject }) => reject(reportedError(reply.code, reply.message, logFile)))
    })
    child.onExit(({ code, signal, lastWords }) => {
      if (processes.get(key) === warm) processes.delete(key)
      warm.isGone = true
      const cause = signal === 'SIGKILL' ? 'by hand, or by the system when memory ran out' : lastWords.trim()
      settle(({ reject }) =>
        reject(
          new GpoError(
            'model',
            bugMessage(`The process of this model ended (${signal ?? code}): ${cause}. Try again`, logFile),
          ),
        ),
      )
    })
    return warm
  }

  /** Ends the processes that have been without work longest, all but a few. */
  function trim(): void {
    const unused = [...processes].filter(([, { requests }]) => requests === 0)
    for (const [key] of unused.slice(0, Math.max(0, unused.length - MAX_IDLE))) end(key)
  }

  function ask(warm: Warm, job: GenerateJob, { onToken, signal }: GenerateOptions): Promise<GeneratedText> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) throw new GpoError('interrupted', 'stopped before it began')
      if (warm.isGone) throw new GpoError('model', 'The process of this model has ended. Try again.')
      warm.waiting = { onToken, resolve, reject }
      signal?.addEventListener('abort', () => warm.child.send({ kind: 'stop' }), { once: true })
      warm.child.send(job)
    })
  }

  return {
    async generate(options) {
      const { model, backend, request } = options
      const key = JSON.stringify([model, backend])
      const warm = open(key)
      warm.requests++
      if (warm.idle) clearTimeout(warm.idle)
      processes.delete(key)
      processes.set(key, warm) // the last one asked is the last in the map
      const asked = warm.queue.then(() => ask(warm, { kind: 'generate', model, backend, request }, options))
      warm.queue = asked.catch(() => {})
      try {
        return await asked
      } finally {
        warm.requests--
        if (warm.requests === 0) warm.idle = setTimeout(() => end(key), idleMs).unref()
        trim()
      }
    },
    close() {
      for (const key of [...processes.keys()]) end(key)
    },
  }
}
