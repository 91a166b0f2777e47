import { join } from 'node:path'

/** Paths of the built worker processes, beside this program's own file. */
export const TRAINER = join(import.meta.dirname, 'worker.cjs')
export const JOB_WORKER = join(import.meta.dirname, 'job-worker.cjs')
