/** Servers of a fleet as they are now: ready or at rest, with what they have done. One that fails rests for a while, and is then asked whether it is well. */
import { describeError, GpoError } from '@shared/errors'
import { textHash } from './routing'

export interface Member {
  readonly name: string
  /** Makes it ready for work after a pause: it answers, and has the current policy. Rejects if not. */
  readonly revive: (signal: AbortSignal) => Promise<void>
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

export interface Place<M> {
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

export interface RestLimits {
  /** Milliseconds for asking whether it is well. */
  readonly attemptMs: number
  /** First pause of a server that failed; each further failure in a row doubles it, up to MAX_PAUSE_MS. */
  readonly pauseMs?: number
}

export interface Places<M> {
  readonly all: readonly Place<M>[]
  takeOut(place: Place<M>, error: unknown): void
  /** Called when a server has become ready, or was taken out. @returns ends that */
  onChange(listener: () => void): () => void
  /** What each said last. */
  lastWords(): string
  /** @throws {GpoError} 'backend' with what each said, when none is ready within `ms` */
  ready(ms: number): Promise<void>
  status(): readonly MemberStatus[]
  close(): void
}

/** Servers whose last words are in an error. */
const MAX_NAMED = 8

const PAUSE_MS = 1000
const MAX_PAUSE_MS = 60_000

/** @param onPause called when a server is taken out, and each time it is not well after its pause */
export function createPlaces<M extends Member>(
  members: readonly M[],
  { attemptMs, pauseMs = PAUSE_MS }: RestLimits,
  onPause: (problem: string) => void,
): Places<M> {
  const all = members.map(
    (member): Place<M> => ({
      ...{ member, hash: textHash(member.name) },
      ...{ isReady: true, inFlight: 0, done: 0, failed: 0, inRow: 0, problem: null, timer: null },
    }),
  )
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of [...listeners]) listener()
  }
  const onChange = (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  /** It has failed once more: it rests, the longer the more often in a row. */
  function rest(place: Place<M>, error: unknown): void {
    place.problem = describeError(error)
    place.inRow++
    onPause(place.problem)
    const pause = Math.min(MAX_PAUSE_MS, pauseMs * 2 ** (place.inRow - 1))
    place.timer = setTimeout(() => void revive(place), pause)
  }

  async function revive(place: Place<M>): Promise<void> {
    place.timer = null
    try {
      await place.member.revive(AbortSignal.timeout(attemptMs))
      place.isReady = true
    } catch (error) {
      rest(place, error)
    }
    changed()
  }

  function lastWords(): string {
    const named = all.slice(0, MAX_NAMED).map(({ member, problem }) => `${member.name}: ${problem ?? 'no problem'}`)
    return `${named.join('; ')}${all.length > MAX_NAMED ? `; and ${all.length - MAX_NAMED} more` : ''}`
  }

  return {
    all,
    onChange,
    lastWords,
    takeOut(place, error) {
      place.failed++
      if (!place.isReady) {
        place.problem = describeError(error)
        return // its other requests fail with it
      }
      place.isReady = false
      rest(place, error)
      changed()
    },
    ready: (ms) =>
      new Promise((resolve, reject) => {
        const over = setTimeout(() => {
          stop()
          reject(new GpoError('backend', `no sampling server is ready after ${ms / 1000} s. ${lastWords()}`))
        }, ms)
        const look = () => {
          if (!all.some(({ isReady }) => isReady)) return
          clearTimeout(over)
          stop()
          resolve()
        }
        const stop = onChange(look)
        look()
      }),
    status: () =>
      all.map(({ member, isReady, inFlight, done, failed, problem }) => ({
        ...{ name: member.name, state: isReady ? ('ready' as const) : ('paused' as const) },
        ...{ inFlight, done, failed, problem },
      })),
    close() {
      for (const { timer } of all) if (timer) clearTimeout(timer)
      listeners.clear()
    },
  }
}
