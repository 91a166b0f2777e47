/** Which checkpoints a run has on disk. It knows the names and checksums of their folders, but does not open them. */
import { type CheckpointEvent, type CheckpointRecord, isCheckpointFolder } from '@shared/schemas/events'
import { all, change, type Store, transaction } from './query'
import { runKey } from './runs'

/** Adds the new one and deletes the records of those that the retention rule removed, in one transaction. */
export function insertCheckpoint(store: Store, run: string, checkpoint: Omit<CheckpointEvent, 'type'>): void {
  const { iteration, path, bytes, sha256, removed } = checkpoint
  transaction(store, () => {
    const key = runKey(store, run)
    const sql = 'INSERT OR REPLACE INTO checkpoints (run, path, iteration, bytes, sha256) VALUES (?, ?, ?, ?, ?)'
    change(store, sql, key, path, iteration, bytes, sha256)
    forgetCheckpoints(store, run, removed)
  })
}

/** In one transaction. Unrecorded checkpoints are ignored. */
export function forgetCheckpoints(store: Store, run: string, paths: readonly string[]): void {
  transaction(store, () => {
    const key = runKey(store, run)
    for (const path of paths) change(store, 'DELETE FROM checkpoints WHERE run = ? AND path = ?', key, path)
  })
}

/** By iteration: the last is the one to resume from. A row that names no checkpoint's folder is not one. */
export function listCheckpoints(store: Store, run: string): CheckpointRecord[] {
  const sql = 'SELECT iteration, path, bytes, sha256 FROM checkpoints WHERE run = ? ORDER BY iteration'
  return all<CheckpointRecord>(store, sql, runKey(store, run)).filter(({ path }) => isCheckpointFolder(path))
}
