/** From the trainer's events to rows. Phases are only shown, not stored; the code that drives a run records its end (`endRun`). */
import type { MetricsEvent, TrainerEvent } from '@shared/schemas/events'
import { insertCheckpoint } from './checkpoints'
import { insertEvaluation } from './evaluations'
import { insertMetrics } from './metrics'
import { insertProbes } from './probes'
import { change, type Store, transaction } from './query'
import { insertTrajectories } from './trajectories'

/**
 * Stores the whole batch in one transaction, and sets the run to the highest iteration with metrics.
 * @throws {GpoError} 'storage' if the disk is full or fails, 'notFound' for the run
 */
export function recordEvents(store: Store, run: string, events: readonly TrainerEvent[], now = Date.now()): void {
  transaction(store, () => {
    const metrics = events.filter((event): event is MetricsEvent => event.type === 'metrics')
    insertMetrics(store, run, metrics)
    for (const event of events) record(store, run, event)
    const done = metrics.reduce((highest, { iteration }) => Math.max(highest, iteration), 0)
    change(store, 'UPDATE runs SET iteration = max(iteration, ?), seen_at = ? WHERE id = ?', done, now, run)
  })
}

function record(store: Store, run: string, event: TrainerEvent): void {
  switch (event.type) {
    case 'trajectories':
      insertTrajectories(store, run, event.trajectories)
      break
    case 'evaluation':
      insertEvaluation(store, run, event)
      break
    case 'probes':
      insertProbes(store, run, event)
      break
    case 'checkpoint':
      insertCheckpoint(store, run, event)
      break
    case 'environment':
      change(store, 'UPDATE runs SET environment = ? WHERE id = ?', JSON.stringify(event.environment), run)
  }
}
