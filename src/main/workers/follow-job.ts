/** Sends one job to a worker and follows it to its result. */
import type { Connection } from './connect'
import type { JobProgress, jobsContract, UpdateOf } from './contract'
import type { JobKind, JobOf } from './job'
import type { Answers } from './results'

export type JobWorker = Connection<typeof jobsContract>

export interface JobListener<K extends JobKind> {
  readonly onProgress?: (progress: JobProgress) => void
  readonly onItem?: (item: Answers[K]['item']) => void
}

type Ask<K extends JobKind> = (
  job: JobOf<K>,
) => Promise<AsyncIteratorObject<UpdateOf<K>[], Answers[K]['result'], unknown>>

/** @throws the worker's error, which wire-error classifies */
export async function followJob<K extends JobKind>(
  { client }: JobWorker,
  job: JobOf<K> & { readonly kind: K },
  { onProgress, onItem }: JobListener<K>,
): Promise<Answers[K]['result']> {
  const ask = client[job.kind] as unknown as Ask<K> // the compiler cannot narrow a kind that is a type parameter
  const updates = await ask(job)
  for (;;) {
    const { done, value } = await updates.next()
    if (done) return value
    for (const update of value)
      if (update.type === 'item') onItem?.(update.value)
      else onProgress?.(update)
  }
}
