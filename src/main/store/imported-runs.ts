/** Runs imported from a bundle. A run is hidden until the import is complete, so that an interrupted import is deleted like a removed run. */
import type { Plan } from '@shared/schemas/plan'
import type { RunError, RunRecord, RunStatus } from '@shared/schemas/run'
import { change, type Store, transaction } from './query'
import { createRun, getRun } from './runs'

export interface ImportedRun {
  readonly id: string
  readonly name: string
  readonly plan: Plan
  readonly status: Exclude<RunStatus, 'queued' | 'running'>
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly iteration: number
  readonly error: RunError | null
  readonly environment: Readonly<Record<string, string | number>> | null
  readonly note: string
  readonly tags: readonly string[]
}

/** A read-only run without records, hidden until `showImportedRun`. */
export function createImportedRun(store: Store, run: ImportedRun, now = Date.now()): RunRecord {
  const { id, name, plan, createdAt } = run
  return transaction(store, () => {
    createRun(store, { id, name, plan }, createdAt)
    change(
      store,
      `UPDATE runs SET is_read_only = 1, removed_at = ?, status = ?, started_at = ?, ended_at = ?, worked_ms = ?, iteration = ?, error_code = ?,
         error_message = ?, environment = ?, note = ?, tags = ? WHERE id = ?`,
      now,
      run.status,
      run.startedAt,
      run.endedAt,
      Math.max(0, (run.endedAt ?? 0) - (run.startedAt ?? run.endedAt ?? 0)),
      run.iteration,
      run.error?.code ?? null,
      run.error?.message ?? null,
      run.environment === null ? null : JSON.stringify(run.environment),
      run.note,
      JSON.stringify(run.tags),
      id,
    )
    return getRun(store, id)
  })
}

/** Shows the run when its import is complete. */
export function showImportedRun(store: Store, id: string): void {
  change(store, 'UPDATE runs SET removed_at = NULL WHERE id = ? AND is_read_only = 1', id)
}
