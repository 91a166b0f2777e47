/**
 * Who does which item: it belongs to the server that its prompt is hashed to, where its prefix is cached; a server without work takes from the longest
 * queue; what belongs to none, because all are at rest, waits.
 */
import type { Place } from './places'
import { preferred } from './routing'

export interface Item {
  /** (question, position, sample, version): the same work has the same key. */
  readonly key: string
  /** Hash of the prompt. */
  readonly affinity: number
}

export interface Job<I> {
  readonly index: number
  readonly item: I
  /** When the first attempt began; null before. */
  began: number | null
  readonly failures: string[]
  /** Servers where it failed: another one is tried first. */
  readonly tried: Set<number>
}

export interface WorkList<I> {
  add(job: Job<I>): void
  /** The next job for a server: its own, or one of the longest queue. */
  next(own: number): Job<I> | undefined
  /** After a server was taken out or came back: the work of those at rest moves, and what waited is given out. */
  redistribute(): void
  /** Those that are not under way. */
  waiting(): readonly Job<I>[]
}

export function createWorkList<I extends Item>(places: readonly Place<unknown>[]): WorkList<I> {
  const hashes = places.map(({ hash }) => hash)
  const queues: Job<I>[][] = places.map(() => [])
  let homeless: Job<I>[] = []
  /** Jobs in all queues. */
  let queued = 0

  function add(job: Job<I>): void {
    const { affinity } = job.item
    const fresh = preferred(affinity, hashes, (i) => places[i]!.isReady && !job.tried.has(i))
    const to = fresh >= 0 ? fresh : preferred(affinity, hashes, (i) => places[i]!.isReady)
    if (to < 0) {
      homeless.push(job)
      return
    }
    queues[to]!.push(job)
    queued++
  }

  return {
    add,
    next(own) {
      if (queued === 0) return undefined
      queued--
      if (queues[own]!.length > 0) return queues[own]!.shift()
      let longest = own
      for (let i = 0; i < queues.length; i++) if (queues[i]!.length > queues[longest]!.length) longest = i
      return queues[longest]!.pop()
    },
    redistribute() {
      const moved = homeless
      homeless = []
      places.forEach((place, i) => {
        if (!place.isReady) moved.push(...queues[i]!.splice(0))
      })
      queued = queues.reduce((sum, { length }) => sum + length, 0)
      for (const job of moved) add(job)
    },
    waiting: () => [...homeless, ...queues.flat()],
  }
}
