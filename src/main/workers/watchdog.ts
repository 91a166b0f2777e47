/**
 * A process that ends with its parent, also while synchronous work keeps its event loop from hearing that the parent is gone: a thread looks.
 * Works below every kind of parent, because it only asks the system who the parent is.
 */
import { Worker } from 'node:worker_threads'
import { beFirstToGo } from './first-to-go'

/** Milliseconds between two looks. */
const INTERVAL = 500

/**
 * The thread's program. An orphan gets another parent on POSIX; on Windows it keeps the number of the one that is gone. EPERM: there is a process
 * of another user, as a parent can be that has changed its own.
 */
const WATCH = `
const parent = process.ppid
function isThere() {
  try {
    return process.kill(parent, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
setInterval(() => {
  if (process.ppid !== parent || !isThere()) process.kill(process.pid, 'SIGKILL')
}, ${INTERVAL})`

/** The thread needs none of the process's flags; it keeps no process from ending. */
const OPTIONS = { eval: true, execArgv: [] as string[] }

/** Call this first: work that blocks must not come before it. Such a process is also the one to end when memory runs out. */
export function dieWithParent(): void {
  beFirstToGo()
  new Worker(WATCH, OPTIONS).unref()
}

/** The same as a statement for a process that runs from a text (CommonJS). */
export const DIE_WITH_PARENT = `new (require('node:worker_threads').Worker)(${JSON.stringify(WATCH)}, ${JSON.stringify(OPTIONS)}).unref()`
