/** Runs one job in a process of its own. */
import { fork } from 'node:child_process'
import { GpoError, isErrorCode } from '@shared/errors'
import { type Job, type JobProgress, replySchema } from './jobs/job'

export interface JobOptions {
  readonly workerPath: string
  readonly job: Job
  readonly onProgress?: (progress: JobProgress) => void
  readonly onItem?: (value: unknown) => void
  readonly signal?: AbortSignal
}

/** The error a worker reported, as one of ours where it was one. */
export function reportedError(code: string, message: string): Error {
  return isErrorCode(code) ? new GpoError(code, message) : new Error(message)
}

/**
 * @returns what the job answered; its kind decides the type (see jobs/results)
 * @throws GpoError as the job reported it; GpoError('interrupted') after `signal`
 */
export function runJob<Result>({ workerPath, job, onProgress, onItem, signal }: JobOptions): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = fork(workerPath, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    let lastWords = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-2000)
    })
    child.on('message', (raw) => {
      const reply = replySchema.parse(raw)
      if (reply.type === 'progress') onProgress?.(reply)
      else if (reply.type === 'item') onItem?.(reply.value)
      else if (reply.type === 'result') resolve(reply.value as Result)
      else reject(reportedError(reply.code, reply.message))
    })
    child.once('close', (code, end) =>
      reject(new Error(`the worker ended (${end ?? code}) without an answer. ${lastWords}`)),
    )
    signal?.addEventListener('abort', () => {
      child.kill('SIGKILL')
      reject(new GpoError('interrupted', 'stopped; nothing was changed'))
    })
    child.send(job)
  })
}
