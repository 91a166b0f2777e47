/** The live state of the active run, computed from the trainer's events. Pure: no process, no store. */
import type { ActiveRun } from '@shared/contract/runs'
import type { PhaseEvent, TrainerEvent } from '@shared/schemas/events'

/** Number of newest iterations whose mean duration predicts the remaining time. */
const WINDOW = 8

export interface LiveRun {
  readonly active: ActiveRun
  /** End times of the newest iterations, in milliseconds. */
  readonly ends: readonly number[]
  /** Seconds of the phases of the current iteration. */
  readonly current: Readonly<Record<string, number>>
}

export const beginLive = (run: { id: string; name: string; iteration: number; iterations: number }): LiveRun => ({
  active: {
    id: run.id,
    name: run.name,
    state: 'running',
    phase: null,
    phaseSeconds: {},
    iteration: run.iteration,
    iterations: run.iterations,
    secondsLeft: null,
    pending: [],
  },
  ends: [],
  current: {},
})

/** The state after an event; the same object if nothing changed. */
export function afterEvent(live: LiveRun, event: TrainerEvent, now: number): LiveRun {
  switch (event.type) {
    case 'phase':
      return afterPhase(live, event)
    case 'metrics':
      return afterIteration(live, event.iteration, now)
    case 'checkpoint':
      return without(live, 'checkpoint')
    case 'evaluation':
      return without(live, 'evaluation')
    default:
      return live
  }
}

function afterPhase(live: LiveRun, phase: PhaseEvent): LiveRun {
  const current = { ...live.current, [phase.phase]: phase.seconds }
  return { ...live, current, active: { ...live.active, phase } }
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
  }
  return { ...live, ends, current: {}, active }
}

function without(live: LiveRun, what: ActiveRun['pending'][number]): LiveRun {
  if (!live.active.pending.includes(what)) return live
  return { ...live, active: { ...live.active, pending: live.active.pending.filter((one) => one !== what) } }
}
