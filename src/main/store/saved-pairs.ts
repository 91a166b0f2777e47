/** Preference pairs that a person saved in the explorer. */
import { all, first, type Store } from './query'
import { runKey } from './runs'

export interface SavedPair {
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
}

/** In the order they were saved. */
export function savedPairs(store: Store, run: string): SavedPair[] {
  const sql = 'SELECT prompt, chosen, rejected FROM saved_pairs WHERE run = ? ORDER BY id'
  return all<SavedPair>(store, sql, runKey(store, run))
}

export function countSavedPairs(store: Store, run: string): number {
  const sql = 'SELECT count(*) AS count FROM saved_pairs WHERE run = ?'
  return first<{ count: number }>(store, sql, runKey(store, run))!.count
}
