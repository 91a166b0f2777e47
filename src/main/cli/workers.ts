import { join } from 'node:path'

/** The built entries of the processes that compute, beside this program's own. */
export const TRAINER = join(import.meta.dirname, 'worker.cjs')
export const JOB_WORKER = join(import.meta.dirname, 'job-worker.cjs')
