/** Processes that generate text, one per model, kept for a few minutes so that the next prompt does not load the model again. */

import { jobLog } from '@main/paths'
import type { GeneratedText, GeneratedToken } from '@shared/contract/playground'
import { GpoError } from '@shared/errors'
import { connect } from './connect'
import { jobsContract } from './contract'
import { followJob, type JobWorker } from './follow-job'
import { type Fork, forkWorker, type WorkerExit } from './fork'
import type { JobOf, ModelSource } from './job'
import { bugMessage } from './log'
import { errorOf, fromWire } from './wire-error'

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
  /** A process without requests for this long is ended; milliseconds. */
  readonly idleMs?: number
}

const IDLE_MS = 3 * 60 * 1000
/** Most idle processes that are kept. */
const MAX_IDLE = 2

interface Warm {
  readonly worker: JobWorker
  /** Resolves when no request is running or waiting. */
  queue: Promise<unknown>
  requests: number
  idle: NodeJS.Timeout | null
  exit: WorkerExit | null
}

export function createGenerators({ workerPath, fork = forkWorker, idleMs = IDLE_MS }: GeneratorsOptions): Generators {
  const processes = new Map<string, Warm>()
  const logFile = jobLog('generate')

  function end(key: string): void {
    const warm = processes.get(key)
    processes.delete(key)
    if (warm?.idle) clearTimeout(warm.idle)
    warm?.worker.kill()
  }

  function open(key: string): Warm {
    const known = processes.get(key)
    if (known) return known
    const worker = connect(fork(workerPath, logFile), jobsContract)
    const warm: Warm = { worker, queue: Promise.resolve(), requests: 0, idle: null, exit: null }
    processes.set(key, warm)
    void worker.exited.then((exit) => {
      if (processes.get(key) === warm) processes.delete(key)
      warm.exit = exit
    })
    return warm
  }

  /** Ends the processes that have been idle longest, all but a few. */
  function trim(): void {
    const unused = [...processes].filter(([, { requests }]) => requests === 0)
    for (const [key] of unused.slice(0, Math.max(0, unused.length - MAX_IDLE))) end(key)
  }

  /** The error as a message for a person. A bug is returned unchanged. */
  async function failureOf(error: unknown, { worker, exit }: Warm): Promise<unknown> {
    const told = fromWire(error)
    if (told) return errorOf(told, logFile)
    if (exit === null && !worker.isGarbled()) return error
    const { code, signal, lastWords } = await worker.exited
    const cause = signal === 'SIGKILL' ? 'by hand, or by the system because memory ran out' : lastWords.trim()
    const message = `The process of this model ended (${signal ?? code}): ${cause}. Try again`
    return new GpoError('model', bugMessage(message, logFile))
  }

  async function ask(warm: Warm, job: GenerateJob, { onToken, signal }: GenerateOptions): Promise<GeneratedText> {
    if (signal?.aborted) throw new GpoError('interrupted', 'stopped before it began')
    if (warm.exit) throw new GpoError('model', 'The process of this model has ended. Try again.')
    const stop = () => void warm.worker.client.stopGenerating().catch(() => {})
    signal?.addEventListener('abort', stop, { once: true })
    try {
      return await followJob<'generate'>(warm.worker, job, { onItem: onToken })
    } catch (error) {
      throw await failureOf(error, warm)
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  return {
    async generate(options) {
      const { model, backend, request } = options
      const key = JSON.stringify([model, backend])
      const warm = open(key)
      warm.requests++
      if (warm.idle) clearTimeout(warm.idle)
      processes.delete(key)
      processes.set(key, warm) // the most recently used process is the last in the map
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
