/**
 * A process that ends with its parent, also while synchronous work keeps its event loop from hearing that the parent is gone: a thread looks.
 * Works below every kind of parent, because it only asks the system who the parent is.
 */
import { writeFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

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

/** What a process that computes has of -1000 to 1000, far above what programs have without asking: its work is on disk up to its last checkpoint. */
const OOM_SCORE = '600'

/** Such a process is the one that the system ends when memory runs out, not the window or the desktop. Linux only: elsewhere the system chooses by itself. */
function beFirstToGo(): void {
  if (process.platform !== 'linux') return
  try {
    writeFileSync('/proc/self/oom_score_adj', OOM_SCORE)
  } catch {} // a container without /proc: then the system chooses
}

/** Call this first: work that blocks must not come before it. Such a process is also the one to end when memory runs out. */
export function dieWithParent(): void {
  beFirstToGo()
  new Worker(WATCH, OPTIONS).unref()
}

/** The same as a statement for a process that runs from a text (CommonJS). */
export const DIE_WITH_PARENT = `new (require('node:worker_threads').Worker)(${JSON.stringify(WATCH)}, ${JSON.stringify(OPTIONS)}).unref()`
