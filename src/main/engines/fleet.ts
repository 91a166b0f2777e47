/**
 * Work on several servers: each item is one request (all continuations of one prefix), done once, and its result stands where the item stands, whichever
 * server answered. An item belongs to the server that its prompt is hashed to, where its prefix is cached; a server without work takes from the longest
 * queue. What fails is tried elsewhere; a server that fails is left alone for a while and then asked whether it is well. Knows no tokens.
 */
import { describeError, GpoError } from '@shared/errors'
import { preferred, textHash } from './routing'

export interface FleetLimits {
  /** Most requests to one server at a time. */
  readonly inFlight: number
  /** Milliseconds for one attempt, and for an item in all. */
  readonly attemptMs: number
  readonly totalMs: number
  /** First pause of a server that failed; each further failure in a row doubles it, up to MAX_PAUSE_MS. */
  readonly pauseMs?: number
}

/** Servers whose last words are in an error. */
const MAX_NAMED = 8

const PAUSE_MS = 1000
const MAX_PAUSE_MS = 60_000

export interface Member {
  readonly name: string
  /** Makes it ready for work after a pause: it answers, and has the current policy. Rejects if not. */
  readonly revive: (signal: AbortSignal) => Promise<void>
}

export interface Item {
  /** (question, position, sample, version): the same work has the same key. */
  readonly key: string
  /** Hash of the prompt. */
  readonly affinity: number
}

/** What one server has done. */
export interface MemberStatus {
  readonly name: string
  readonly state: 'ready' | 'paused'
  readonly inFlight: number
  readonly done: number
  readonly failed: number
  /** The last failure. */
  readonly problem: string | null
}

export interface Fleet<M extends Member> {
  readonly members: readonly M[]
  /**
   * @param work one attempt; it ends when its signal says so
   * @param onDone called once for each item, in the order of answers
   * @returns results in the order of the items, with the name of who answered
   * @throws {GpoError} 'backend' when an item could not be done in its time; the others are then given up
   */
  run<I extends Item, R>(
    items: readonly I[],
    work: (member: M, item: I, signal: AbortSignal) => Promise<R>,
    onDone?: (result: R, member: M) => void,
  ): Promise<readonly { readonly result: R; readonly by: M }[]>
  /** Takes a server out, as after a failed request. */
  pause(member: M, error: unknown): void
  /** Waits until a server is ready. @throws {GpoError} 'backend' with what each said, when none is within the time of an item */
  ready(): Promise<void>
  status(): readonly MemberStatus[]
  /** Ends pauses; nothing may run. */
  close(): void
}

interface Place<M> {
  readonly member: M
  readonly hash: number
  isReady: boolean
  inFlight: number
  done: number
  failed: number
  /** Failures since the last success. */
  inRow: number
  problem: string | null
  timer: NodeJS.Timeout | null
}

interface Job<I> {
  readonly index: number
  readonly item: I
  /** When the first attempt began; null before. */
  began: number | null
  readonly failures: string[]
  /** Servers where it failed: another one is tried first. */
  readonly tried: Set<number>
}

/** @param onPause called when a server is taken out, and each time it is not well after its pause */
export function createFleet<M extends Member>(
  members: readonly M[],
  limits: FleetLimits,
  onPause: (problem: string) => void = () => {},
): Fleet<M> {
  const places = members.map(
    (member): Place<M> => ({
      ...{ member, hash: textHash(member.name) },
      ...{ isReady: true, inFlight: 0, done: 0, failed: 0, inRow: 0, problem: null, timer: null },
    }),
  )
  const hashes = places.map(({ hash }) => hash)
  /** Called when a server has become ready, or was taken out. */
  let onChange = new Set<() => void>()
  const changed = () => {
    for (const listener of [...onChange]) listener()
  }

  function takeOut(place: Place<M>, error: unknown): void {
    place.problem = describeError(error)
    place.failed++
    if (!place.isReady) return // its other requests fail with it
    place.inRow++
    place.isReady = false
    onPause(place.problem)
    wait(place)
    changed()
  }

  function wait(place: Place<M>): void {
    const pause = Math.min(MAX_PAUSE_MS, (limits.pauseMs ?? PAUSE_MS) * 2 ** Math.max(0, place.inRow - 1))
    place.timer = setTimeout(() => void back(place), pause)
  }

  async function back(place: Place<M>): Promise<void> {
    place.timer = null
    try {
      await place.member.revive(AbortSignal.timeout(limits.attemptMs))
      place.isReady = true
    } catch (error) {
      place.problem = describeError(error)
      place.inRow++
      onPause(place.problem)
      wait(place)
    }
    changed()
  }

  function told(): string {
    const named = places.slice(0, MAX_NAMED).map(({ member, problem }) => `${member.name}: ${problem ?? 'no problem'}`)
    return `${named.join('; ')}${places.length > MAX_NAMED ? `; and ${places.length - MAX_NAMED} more` : ''}`
  }

  function run<I extends Item, R>(
    items: readonly I[],
    work: (member: M, item: I, signal: AbortSignal) => Promise<R>,
    onDone: (result: R, member: M) => void = () => {},
  ) {
    type Done = { readonly result: R; readonly by: M }
    return new Promise<readonly Done[]>((resolve, reject) => {
      const results: (Done | undefined)[] = new Array(items.length)
      /** Attempts under way. */
      const open = new Set<AbortController>()
      /** A queue per server; what belongs to none while all are out waits in `homeless`. */
      const queues: Job<I>[][] = places.map(() => [])
      let homeless: Job<I>[] = []
      /** Jobs in all queues. */
      let queued = 0
      let left = items.length
      let isOver = false
      const keys = new Set(items.map(({ key }) => key))
      if (keys.size !== items.length) throw new Error('two items of a work list have the same key')

      const finish = (end: () => void) => {
        if (isOver) return
        isOver = true
        onChange.delete(pump)
        clearInterval(watch)
        end()
        for (const attempt of open) attempt.abort()
      }

      const giveUp = ({ item, failures }: Job<I>) =>
        finish(() =>
          reject(
            new GpoError(
              'backend',
              `a request could not be done within ${limits.totalMs / 1000} s on any of ${places.length} sampling servers (${failures.at(-1) ?? `${item.key} was never begun`}). Last words: ${told()}`,
            ),
          ),
        )

      function assign(job: Job<I>): void {
        const fresh = preferred(job.item.affinity, hashes, (i) => places[i]!.isReady && !job.tried.has(i))
        const to = fresh >= 0 ? fresh : preferred(job.item.affinity, hashes, (i) => places[i]!.isReady)
        if (to < 0) homeless.push(job)
        else {
          queues[to]!.push(job)
          queued++
        }
      }

      /** The next item for a server: its own, or one of the longest queue. */
      function next(own: number): Job<I> | undefined {
        if (queued === 0) return undefined
        queued--
        if (queues[own]!.length > 0) return queues[own]!.shift()
        let longest = own
        for (let i = 0; i < queues.length; i++) if (queues[i]!.length > queues[longest]!.length) longest = i
        return queues[longest]!.pop()
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
          if (place.done === doneBefore) takeOut(place, error)
          else place.failed++
          assign(job)
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
          finish(() => resolve(results as Done[])) // none is missing
          return
        }
        while (place.isReady && place.inFlight < limits.inFlight) {
          const job = next(at)
          if (job === undefined) return
          void attempt(place, at, job)
        }
      }

      /** After a server was taken out or came back: its work moves, and everyone gets some. */
      function pump(): void {
        if (isOver) return
        places.forEach((place, i) => {
          if (!place.isReady && queues[i]!.length > 0) {
            const moved = queues[i]!.splice(0)
            queued -= moved.length
            for (const job of moved) assign(job)
          }
        })
        if (homeless.length > 0 && places.some(({ isReady }) => isReady)) {
          const waiting = homeless
          homeless = []
          for (const job of waiting) assign(job)
        }
        for (const [i, place] of places.entries()) fill(place, i)
      }

      /** While no server is ready, nothing else notices that an item's time is over. */
      const begun = performance.now()
      const watch = setInterval(() => {
        const now = performance.now()
        const late = [...homeless, ...queues.flat()].find(({ began }) => began !== null && now - began > limits.totalMs)
        if (late) return giveUp(late)
        const isIdle = places.every(({ isReady, inFlight }) => !isReady && inFlight === 0)
        if (isIdle && homeless[0] && now - begun > limits.totalMs && homeless[0].began === null) giveUp(homeless[0])
      }, 250)

      onChange.add(pump)
      items.forEach((item, index) => {
        assign({ index, item, began: null, failures: [], tried: new Set() })
      })
      pump()
    })
  }

  return {
    members,
    run,
    pause(member, error) {
      const place = places.find((one) => one.member === member)
      if (place) takeOut(place, error)
    },
    ready: () =>
      new Promise((resolve, reject) => {
        const over = setTimeout(() => {
          onChange.delete(look)
          reject(new GpoError('backend', `no sampling server is ready after ${limits.totalMs / 1000} s. ${told()}`))
        }, limits.totalMs)
        const look = () => {
          if (!places.some(({ isReady }) => isReady)) return
          clearTimeout(over)
          onChange.delete(look)
          resolve()
        }
        onChange.add(look)
        look()
      }),
    status: () =>
      places.map(({ member, isReady, inFlight, done, failed, problem }) => ({
        ...{ name: member.name, state: isReady ? ('ready' as const) : ('paused' as const) },
        ...{ inFlight, done, failed, problem },
      })),
    close() {
      for (const { timer } of places) if (timer) clearTimeout(timer)
      onChange = new Set()
    },
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
