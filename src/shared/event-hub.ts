/** Hands events to whoever listens, each at its own pace. */

export interface Hub<T> {
  publish(event: T): void
  /**
   * All events from now on, until the signal is aborted. `merge` may join a waiting event with the next one, so that a slow listener does not
   * fall behind.
   */
  listen(signal: AbortSignal | undefined, merge?: (waiting: T, next: T) => T | null): AsyncGenerator<T, void>
}

/** Most events that wait for one listener. After that the oldest is dropped, because its data can be read from the store. */
const MAX_WAITING = 1000

export function createHub<T>(): Hub<T> {
  const listeners = new Set<(event: T) => void>()
  return {
    publish(event) {
      for (const listener of listeners) listener(event)
    },
    listen(signal, merge) {
      const waiting: T[] = []
      let wake = () => {}
      const listener = (event: T) => {
        const last = waiting.at(-1)
        const merged = last !== undefined && merge ? merge(last, event) : null
        if (merged !== null) waiting[waiting.length - 1] = merged
        else waiting.push(event)
        if (waiting.length > MAX_WAITING) waiting.shift()
        wake()
      }
      const end = () => {
        listeners.delete(listener)
        wake()
      }
      if (!signal?.aborted) listeners.add(listener)
      signal?.addEventListener('abort', end, { once: true })
      return follow()

      async function* follow(): AsyncGenerator<T, void> {
        try {
          while (!signal?.aborted) {
            const next = waiting.shift()
            if (next !== undefined) yield next
            else
              await new Promise<void>((resolve) => {
                wake = resolve
              })
          }
        } finally {
          end()
          signal?.removeEventListener('abort', end)
        }
      }
    },
  }
}
