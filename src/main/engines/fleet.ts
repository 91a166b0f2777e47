/**
 * Work on several servers: each item is one request (all continuations of one prefix), done once, and its result stands where the item stands, whichever
 * server answered. What fails is tried elsewhere; a server that fails is left alone for a while and then asked whether it is well. Knows no tokens.
 */
import { describeError, GpoError } from '@shared/errors'
import { createPlaces, type Member, type MemberStatus, type Place, type RestLimits } from './places'
import { createWorkList, type Item, type Job } from './work-list'

export interface FleetLimits extends RestLimits {
  /** Most requests to one server at a time. */
  readonly inFlight: number
  /** Milliseconds for one attempt, and for an item in all. */
  readonly attemptMs: number
  readonly totalMs: number
}

/** How often it is looked whether an item's time is over while no server answers; milliseconds. */
const WATCH_MS = 250

/** One attempt; it ends when its signal says so. */
export type Work<M, I, R> = (member: M, item: I, signal: AbortSignal) => Promise<R>

/** A result, and who gave it. */
export interface Done<M, R> {
  readonly result: R
  readonly by: M
}

export interface Fleet<M extends Member> {
  readonly members: readonly M[]
  /**
   * @param onDone called once for each item, in the order of answers
   * @returns results in the order of the items
   * @throws {GpoError} 'backend' when an item could not be done in its time; the others are then given up
   */
  run<I extends Item, R>(
    items: readonly I[],
    work: Work<M, I, R>,
    onDone?: (result: R, member: M) => void,
  ): Promise<readonly Done<M, R>[]>
  /** Takes a server out, as after a failed request. */
  pause(member: M, error: unknown): void
  /** Waits until a server is ready. @throws {GpoError} 'backend' with what each said, when none is within the time of an item */
  ready(): Promise<void>
  status(): readonly MemberStatus[]
  /** Ends pauses; nothing may run. */
  close(): void
}

/** @param onPause called when a server is taken out, and each time it is not well after its pause */
export function createFleet<M extends Member>(
  members: readonly M[],
  limits: FleetLimits,
  onPause: (problem: string) => void = () => {},
): Fleet<M> {
  const places = createPlaces(members, limits, onPause)

  function run<I extends Item, R>(
    items: readonly I[],
    work: Work<M, I, R>,
    onDone: (result: R, member: M) => void = () => {},
  ) {
    return new Promise<readonly Done<M, R>[]>((resolve, reject) => {
      const results: (Done<M, R> | undefined)[] = new Array(items.length)
      const list = createWorkList<I>(places.all)
      /** Attempts under way. */
      const open = new Set<AbortController>()
      let left = items.length
      let isOver = false
      if (new Set(items.map(({ key }) => key)).size !== items.length)
        throw new Error('two items of a work list have the same key')

      const finish = (end: () => void) => {
        if (isOver) return
        isOver = true
        stopListening()
        clearInterval(watch)
        end()
        for (const attempt of open) attempt.abort()
      }

      const giveUp = ({ item, failures }: Job<I>) => {
        const last = failures.at(-1) ?? `${item.key} was never begun`
        const message = `a request could not be done within ${limits.totalMs / 1000} s on any of ${members.length} sampling servers (${last}). Last words: ${places.lastWords()}`
        finish(() => reject(new GpoError('backend', message)))
      }

      async function attempt(place: Place<M>, at: number, job: Job<I>): Promise<void> {
        place.inFlight++
        job.began ??= performance.now()
        const remaining = Math.max(1, job.began + limits.totalMs - performance.now())
        const doneBefore = place.done
        const stopping = new AbortController()
        const { signal } = stopping
        open.add(stopping)
        const timer = setTimeout(() => stopping.abort(), Math.min(limits.attemptMs, remaining))
        try {
          const result = await bounded(work(place.member, job.item, signal), signal, place.member.name)
          if (isOver) return
          place.done++
          place.inRow = 0
          results[job.index] = { result, by: place.member }
          left--
          onDone(result, place.member)
        } catch (error) {
          if (isOver) return
          if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError)
            return finish(() => reject(error)) // a bug
          job.tried.add(at)
          job.failures.push(describeError(error))
          // A server that did other work meanwhile is well: then it is the item that takes too long.
          if (place.done === doneBefore) places.takeOut(place, error)
          else place.failed++
          list.add(job)
          pump()
        } finally {
          clearTimeout(timer)
          open.delete(stopping)
          place.inFlight--
          fill(place, at)
        }
      }

      /** Gives a server work, as far as it has room. */
      function fill(place: Place<M>, at: number): void {
        if (isOver) return
        if (left === 0) {
          finish(() => resolve(results as Done<M, R>[])) // none is missing
          return
        }
        while (place.isReady && place.inFlight < limits.inFlight) {
          const job = list.next(at)
          if (job === undefined) return
          void attempt(place, at, job)
        }
      }

      function pump(): void {
        if (isOver) return
        list.redistribute()
        for (const [i, place] of places.all.entries()) fill(place, i)
      }

      const begun = performance.now()
      const watch = setInterval(() => {
        const now = performance.now()
        const isIdle = places.all.every(({ isReady, inFlight }) => !isReady && inFlight === 0)
        const since = (job: Job<I>) => job.began ?? (isIdle ? begun : now)
        const late = list.waiting().find((job) => now - since(job) > limits.totalMs)
        if (late) giveUp(late)
      }, WATCH_MS)

      const stopListening = places.onChange(pump)
      items.forEach((item, index) => {
        list.add({ index, item, began: null, failures: [], tried: new Set() })
      })
      pump()
    })
  }

  return {
    members,
    run,
    pause(member, error) {
      const place = places.all.find((one) => one.member === member)
      if (place) places.takeOut(place, error)
    },
    ready: () => places.ready(limits.totalMs),
    status: places.status,
    close: places.close,
  }
}

/** Ends with the signal even if the work does not heed it: what it gives later is dropped. */
function bounded<R>(work: Promise<R>, signal: AbortSignal, name: string): Promise<R> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error(`${name} did not answer in time`))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
