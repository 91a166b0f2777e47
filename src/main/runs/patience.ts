/**
 * Work on the store that waits for what is over soon: a lock of another program, a full disk. It is tried again and again, and the process answers in
 * between. What is not over soon is thrown at once.
 */
import { impatiently, type Store } from '@main/store/query'
import { isTransient } from '@main/store/storage-error'
import { describeError } from '@shared/errors'

/** Milliseconds between two tries. */
const RETRY = 250
/** A shorter lock is not worth a word; milliseconds. */
const SAY_AFTER = 2000
/** Nobody has ended it in a night: the work fails; milliseconds. */
const GIVE_UP_AFTER = 12 * 3_600_000

export interface Patience {
  /** Tries at once, synchronously, and again while the error is a transient one. @throws what `work` throws */
  attempt<T>(work: () => T): Promise<T>
  /** From now on waits at most this long, in milliseconds. */
  hurry(ms: number): void
}

/**
 * Tries in the background until it is done, however long that takes; keeps no process from ending.
 * @param work what it throws for good is dropped
 */
export function sometime(store: Store, work: () => void): void {
  try {
    impatiently(store, work)
  } catch (error) {
    if (isTransient(error)) setTimeout(() => sometime(store, work), 4 * RETRY).unref()
  }
}

/** @param onHeld called with the reason when work has waited for some seconds, and with null when it is done */
export function createPatience(store: Store, onHeld: (reason: string | null) => void): Patience {
  let deadline = Number.POSITIVE_INFINITY
  let held: string | null = null
  const tell = (reason: string | null) => {
    if (reason === held) return
    held = reason
    onHeld(reason)
  }
  return {
    hurry(ms) {
      deadline = Math.min(deadline, performance.now() + ms)
    },
    async attempt(work) {
      const begin = performance.now()
      for (;;) {
        try {
          const result = impatiently(store, work)
          tell(null)
          return result
        } catch (error) {
          const now = performance.now()
          if (!isTransient(error) || now > Math.min(deadline, begin + GIVE_UP_AFTER)) throw error
          if (now - begin > SAY_AFTER) tell(describeError(error))
          await new Promise((resolve) => setTimeout(resolve, RETRY))
        }
      }
    },
  }
}
