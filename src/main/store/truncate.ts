/** Resets a run to a checkpoint, after which its iterations are repeated. */
import { isCheckpointFolder } from '@shared/schemas/events'
import { truncateMetrics } from './metrics'
import { all, change, type Store, transaction } from './query'
import { refuseRunning, runKey } from './runs'
import { truncateTrajectories } from './trajectories'

export interface Truncated {
  /** Points deleted. */
  readonly metrics: number
  readonly trajectories: number
  readonly evaluations: number
  /** Folders of the checkpoints whose records were deleted, relative to the run's; the caller deletes them. */
  readonly checkpoints: readonly string[]
}

/**
 * Deletes all records after an iteration, repairs the summaries and resets the run, in one transaction.
 * @throws {GpoError} 'usage' if another process has started the run; then nothing is deleted
 */
export function truncateAfter(store: Store, run: string, iteration: number): Truncated {
  return transaction(store, () => {
    refuseRunning(store, run)
    const key = runKey(store, run)
    const gone = 'DELETE FROM checkpoints WHERE run = ? AND iteration > ? RETURNING path'
    change(store, 'DELETE FROM probe_answers WHERE run = ? AND iteration > ?', key, iteration)
    const truncated = {
      metrics: truncateMetrics(store, key, iteration),
      trajectories: truncateTrajectories(store, key, iteration),
      evaluations: change(store, 'DELETE FROM evaluations WHERE run = ? AND iteration > ?', key, iteration),
      checkpoints: all<{ path: string }>(store, gone, key, iteration)
        .map(({ path }) => path)
        .filter(isCheckpointFolder),
    }
    change(store, 'UPDATE runs SET iteration = min(iteration, ?) WHERE key = ?', Math.max(0, iteration), key)
    return truncated
  })
}
