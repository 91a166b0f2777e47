/** Runs one job in a separate process. */
import { jobLog } from '@main/paths'
import { GpoError } from '@shared/errors'
import { connect } from './connect'
import { jobsContract } from './contract'
import { followJob, type JobListener, type JobWorker } from './follow-job'
import { type Fork, forkWorker } from './fork'
import type { JobKind, JobOf } from './job'
import { bugMessage } from './log'
import type { Answers } from './results'
import { errorOf, fromWire } from './wire-error'

export interface JobOptions<K extends JobKind> extends JobListener<K> {
  readonly workerPath: string
  readonly job: JobOf<K> & { readonly kind: K }
  readonly signal?: AbortSignal
  /** How the process is created, if it is not a child of Node. */
  readonly fork?: Fork
}

const stopped = () => new GpoError('interrupted', 'stopped; nothing was changed')

/** Why there is no result: the worker's error, or how its process ended. A bug is returned unchanged. */
async function failureOf(error: unknown, worker: JobWorker, hasEnded: boolean, logFile: string): Promise<unknown> {
  const told = fromWire(error)
  if (told) return errorOf(told, logFile)
  if (!hasEnded && !worker.isGarbled()) return error
  const { code, signal, lastWords } = await worker.exited
  const end = worker.isGarbled() ? 'sent a message that cannot be read' : `ended (${signal ?? code}) without an answer`
  return new Error(bugMessage(`the worker ${end}. ${lastWords.trim()}`, logFile))
}

/**
 * @returns the job's result, checked against its schema
 * @throws GpoError as the job reported it; GpoError('interrupted') after `signal`, when the process is gone and can no longer write
 */
export async function runJob<K extends JobKind>(options: JobOptions<K>): Promise<Answers[K]['result']> {
  const { workerPath, job, signal, fork: make = forkWorker } = options
  if (signal?.aborted) throw stopped()
  const logFile = jobLog(job.kind)
  const worker = connect(make(workerPath, logFile), jobsContract)
  let hasEnded = false
  void worker.exited.then(() => {
    hasEnded = true
  })
  signal?.addEventListener('abort', worker.kill, { once: true })
  try {
    const result = await followJob(worker, job, options)
    worker.client.end().catch(() => {}) // it ends before it can answer
    return result
  } catch (error) {
    worker.kill()
    if (!signal?.aborted) throw await failureOf(error, worker, hasEnded, logFile)
    await worker.exited
    throw stopped()
  } finally {
    signal?.removeEventListener('abort', worker.kill)
  }
}
