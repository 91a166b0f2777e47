/** Runs one job in a process of its own. */
import { jobLog } from '@main/paths'
import { GpoError, isErrorCode } from '@shared/errors'
import { type Fork, forkNode } from './fork'
import { type Job, type JobProgress, replySchema } from './job'
import { bugMessage } from './log'

export interface JobOptions {
  readonly workerPath: string
  readonly job: Job
  readonly onProgress?: (progress: JobProgress) => void
  readonly onItem?: (value: unknown) => void
  readonly signal?: AbortSignal
  /** How the process is made, where it is not a child of Node. */
  readonly fork?: Fork
}

/** The error a worker reported, as one of ours where it was one. */
export function reportedError(code: string, message: string, logFile: string): Error {
  return isErrorCode(code) ? new GpoError(code, message) : new Error(bugMessage(message, logFile))
}

/**
 * @returns what the job answered; its kind decides the type (see jobs/results)
 * @throws GpoError as the job reported it; GpoError('interrupted') after `signal`
 */
export function runJob<Result>(options: JobOptions): Promise<Result> {
  const { workerPath, job, onProgress, onItem, signal, fork: make = forkNode } = options
  return new Promise((resolve, reject) => {
    const stopped = () => new GpoError('interrupted', 'stopped; nothing was changed')
    if (signal?.aborted) throw stopped()
    const logFile = jobLog(job.kind)
    const child = make(workerPath, logFile)
    child.onMessage((raw) => {
      const reply = replySchema.parse(raw)
      if (reply.type === 'progress') onProgress?.(reply)
      else if (reply.type === 'item') onItem?.(reply.value)
      else if (reply.type === 'result') resolve(reply.value as Result)
      else reject(reportedError(reply.code, reply.message, logFile))
    })
    // Told when the process is gone, so that it writes nothing any more to what the caller then removes.
    child.onExit(({ code, signal: by, lastWords }) =>
      reject(
        signal?.aborted
          ? stopped()
          : new Error(bugMessage(`the worker ended (${by ?? code}) without an answer. ${lastWords.trim()}`, logFile)),
      ),
    )
    signal?.addEventListener('abort', () => child.kill(), { once: true })
    child.send(job)
  })
}
