/** Who samples next: a free lane, of several the one whose cache has the longest beginning of the prompt; who finds none waits in line. */
import { Refused } from './requests'

export interface Lane {
  /** What its cache holds. */
  readonly contextTokens: readonly number[]
}

export interface Lanes<L extends Lane> {
  /** @throws {Refused} when too many wait, or the signal ends the wait */
  take(prompt: readonly number[], signal: AbortSignal): Promise<L>
  give(lane: L): void
  /** Resolves when every lane is free. */
  idle(): Promise<void>
}

interface Waiting<L> {
  readonly prompt: readonly number[]
  readonly go: (lane: L) => void
}

/** Far more than our own client has under way at a time. */
const MAX_WAITING = 4096

export function commonLength(a: readonly number[], b: readonly number[]): number {
  const limit = Math.min(a.length, b.length)
  for (let i = 0; i < limit; i++) if (a[i] !== b[i]) return i
  return limit
}

/** The one that has most of the prompt; of equal ones the one that was free for the longest time. */
function best<L extends Lane>(free: readonly L[], prompt: readonly number[]): L | undefined {
  let found: L | undefined
  let most = -1
  for (const lane of free) {
    const common = commonLength(lane.contextTokens, prompt)
    if (common > most) [found, most] = [lane, common]
  }
  return found
}

export function createLanes<L extends Lane>(all: readonly L[], most = MAX_WAITING): Lanes<L> {
  const free = [...all]
  const waiting: Waiting<L>[] = []
  let onIdle: (() => void)[] = []

  function pump(): void {
    while (free.length > 0 && waiting.length > 0) {
      const { prompt, go } = waiting.shift()!
      const lane = best(free, prompt)!
      free.splice(free.indexOf(lane), 1)
      go(lane)
    }
    if (free.length < all.length) return
    for (const resolve of onIdle) resolve()
    onIdle = []
  }

  return {
    take: (prompt, signal) =>
      new Promise((resolve, reject) => {
        const gone = () => new Refused(503, 'The request was given up.')
        if (signal.aborted) return reject(gone())
        if (waiting.length >= most)
          return reject(new Refused(503, `${most} requests are waiting already: ask again later.`))
        const leave = () => {
          waiting.splice(waiting.indexOf(one), 1)
          reject(gone())
        }
        const one: Waiting<L> = {
          prompt,
          go: (lane) => {
            signal.removeEventListener('abort', leave)
            resolve(lane)
          },
        }
        signal.addEventListener('abort', leave, { once: true })
        waiting.push(one)
        pump()
      }),
    give(lane) {
      free.push(lane)
      pump()
    },
    idle: () =>
      new Promise((resolve) => {
        onIdle.push(resolve)
        pump()
      }),
  }
}
