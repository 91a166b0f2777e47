/** Splits long work into parts, so that the program can answer in between. */
import { setImmediate } from 'node:timers/promises'

/** Longest time without a pause, in milliseconds. */
const MAX_BUSY = 12

/** @param limitMs for all of the work; without it, there is no limit */
export function startWork(limitMs = Number.POSITIVE_INFINITY) {
  const end = performance.now() + limitMs
  let since = performance.now()
  return {
    isOver: () => performance.now() >= end,
    /** Pauses if the current part has taken long enough. */
    async breathe(): Promise<void> {
      if (performance.now() - since < MAX_BUSY) return
      await setImmediate()
      since = performance.now()
    },
  }
}
