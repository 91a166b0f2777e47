/** Which process the system ends when memory runs out: one that computes, whose work is on disk up to its last checkpoint, and not the window or the desktop. */
import { writeFileSync } from 'node:fs'

/** Of -1000 to 1000: far above what programs have without asking. */
const SCORE = '600'

/** Linux only: elsewhere the system chooses by itself. Anyone may raise the score of a process of their own. */
export function beFirstToGo(): void {
  if (process.platform !== 'linux') return
  try {
    writeFileSync('/proc/self/oom_score_adj', SCORE)
  } catch {} // a container without /proc: then the system chooses
}
