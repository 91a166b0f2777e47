/** Long work in small parts, so that the program answers meanwhile. */
import { setImmediate } from 'node:timers/promises'

/** The program is not kept from answering for longer; milliseconds. */
const MAX_BUSY = 12

/** @param limitMs for all of the work; without it, it takes what it takes */
export function startWork(limitMs = Number.POSITIVE_INFINITY) {
  const end = performance.now() + limitMs
  let since = performance.now()
  return {
    isOver: () => performance.now() >= end,
    /** Lets others go first if it is their turn. */
    async breathe(): Promise<void> {
      if (performance.now() - since < MAX_BUSY) return
      await setImmediate()
      since = performance.now()
    },
  }
}
