/** The live state of the active run, computed from the trainer's events. Pure: no process, no store. */
import type { ActiveRun } from '@shared/contract/runs'
import { isEvaluated } from '@shared/plan/evaluated'
import type { PhaseEvent, RunRequest, TrainerEvent } from '@shared/schemas/events'
import type { RunRecord } from '@shared/schemas/run'

/** Number of newest iterations whose mean duration predicts the remaining time. */
const WINDOW = 8

export interface LiveRun {
  readonly active: ActiveRun
  /** End times of the newest iterations, in milliseconds; before the first of this process, its beginning. */
  readonly ends: readonly number[]
  /** When the pause began, in milliseconds; null while there is none. */
  readonly pausedAt: number | null
  /** Seconds of the phases of the current iteration. */
  readonly current: Readonly<Record<string, number>>
}

export const beginLive = (run: Pick<RunRecord, 'id' | 'name' | 'iteration' | 'iterations' | 'plan'>): LiveRun => ({
  active: {
    id: run.id,
    name: run.name,
    state: 'running',
    phase: null,
    phaseSeconds: {},
    iteration: run.iteration,
    iterations: run.iterations,
    secondsLeft: null,
    iterationEnd: null,
    isEvaluated: isEvaluated(run.plan),
    pending: [],
    held: null,
  },
  ends: [],
  pausedAt: null,
  current: {},
})

/** The state after an event; the same object if nothing changed. */
export function afterEvent(live: LiveRun, event: TrainerEvent, now: number): LiveRun {
  switch (event.type) {
    case 'phase':
      return afterPhase(live, event, now)
    case 'metrics':
      return afterIteration(live, event.iteration, now)
    case 'obeyed':
      return afterRequest(live, event.request, now)
    case 'held':
      return { ...live, active: { ...live.active, held: event.reason } }
    default:
      return live
  }
}

function afterPhase(live: LiveRun, phase: PhaseEvent, now: number): LiveRun {
  const current = { ...live.current, [phase.phase]: phase.seconds }
  const isTraining = phase.iteration > live.active.iteration && phase.phase !== 'load' && phase.phase !== 'evaluation'
  // The first iteration's time is known as soon as it ends.
  const ends = live.ends.length === 0 && isTraining ? [now - 1000 * phase.seconds] : live.ends
  return { ...live, current, ends, active: { ...live.active, phase } }
}

function afterIteration(live: LiveRun, iteration: number, now: number): LiveRun {
  const ends = [...live.ends, now].slice(-WINDOW)
  const seconds = ends.length > 1 ? (ends.at(-1)! - ends[0]!) / 1000 / (ends.length - 1) : null
  const left = live.active.iterations - iteration
  const active = {
    ...live.active,
    iteration,
    phaseSeconds: live.current,
    secondsLeft: seconds === null ? null : seconds * left,
    iterationEnd: seconds === null ? null : now + 1000 * seconds,
  }
  return { ...live, ends, current: {}, active }
}

function afterRequest(live: LiveRun, request: RunRequest, now: number): LiveRun {
  const pending = live.active.pending.filter((one) => one !== request)
  const asked = { ...live, active: { ...live.active, pending } }
  // A run that was told to end meanwhile stays one that ends.
  if (request === 'pause' && live.active.state === 'running')
    return { ...asked, pausedAt: now, active: { ...asked.active, state: 'paused' } }
  return request === 'continue' && live.pausedAt !== null ? afterPause(asked, now - live.pausedAt) : asked
}

/** The time of a pause is not an iteration's. */
function afterPause(live: LiveRun, pause: number): LiveRun {
  const { state, iterationEnd } = live.active
  const active = {
    ...live.active,
    state: state === 'paused' ? ('running' as const) : state,
    iterationEnd: iterationEnd === null ? null : iterationEnd + pause,
  }
  return { ...live, active, pausedAt: null, ends: live.ends.map((end) => end + pause) }
}
