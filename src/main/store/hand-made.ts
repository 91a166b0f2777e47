/** Samples and pairs that a person made in the explorer, by the place of the trajectory: run, iteration, index. */
import type { ExplorerPair, HandContinuation } from '@shared/contract/explorer'
import { GpoError } from '@shared/errors'
import { all, change, first, type Store, transaction } from './query'
import { runKey } from './runs'

/** The place of a trajectory; a resumed run records it again with another id but at the same place. */
export interface Place {
  readonly run: string
  readonly iteration: number
  readonly index: number
}

/** @throws {GpoError} 'notFound' */
export function placeOf(store: Store, trajectory: number): Place {
  const sql = `SELECT r.id AS run, t.iteration, t.item AS "index" FROM trajectories AS t JOIN runs AS r ON r.key = t.run WHERE t.id = ?`
  const place = first<Place>(store, sql, trajectory)
  if (place) return place
  throw new GpoError('notFound', `There is no trajectory ${trajectory}: it may have been replayed; reload the list.`)
}

const COLUMNS = 'id, state, checkpoint, temperature, tokens, text, reward, status, created_at AS createdAt'

/** Oldest first. */
export function handContinuations(store: Store, { run, iteration, index }: Place): HandContinuation[] {
  const sql = `SELECT ${COLUMNS} FROM hand_continuations WHERE run = ? AND iteration = ? AND item = ? ORDER BY id`
  return all<HandContinuation>(store, sql, runKey(store, run), iteration, index)
}

export type NewHandContinuation = Omit<HandContinuation, 'id' | 'createdAt'> & { readonly seed: number }

/** @returns the stored records */
export function insertHandContinuations(
  store: Store,
  { run, iteration, index }: Place,
  continuations: readonly NewHandContinuation[],
  now = Date.now(),
): HandContinuation[] {
  return transaction(store, () => {
    const key = runKey(store, run)
    return continuations.map(({ state, checkpoint, temperature, seed, tokens, text, reward, status }) => {
      const sql = `INSERT INTO hand_continuations (run, iteration, item, state, checkpoint, temperature, seed, tokens, text, reward, status, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING ${COLUMNS}`
      const values = [key, iteration, index, state, checkpoint, temperature, seed, tokens, text, reward, status, now]
      return first<HandContinuation>(store, sql, ...values)!
    })
  })
}

export function removeHandContinuations(store: Store, ids: readonly number[]): void {
  transaction(store, () => {
    for (const id of ids) change(store, 'DELETE FROM hand_continuations WHERE id = ?', id)
  })
}

export interface NewPair {
  readonly state: number
  readonly prompt: string
  readonly chosen: string
  readonly rejected: string
}

/** @returns its number */
export function insertPair(
  store: Store,
  { run, iteration, index }: Place,
  { state, prompt, chosen, rejected }: NewPair,
  now = Date.now(),
): number {
  const sql = `INSERT INTO saved_pairs (run, iteration, item, state, prompt, chosen, rejected, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`
  const key = runKey(store, run)
  return first<{ id: number }>(store, sql, key, iteration, index, state, prompt, chosen, rejected, now)!.id
}

/** Newest first. */
export function listPairs(store: Store, run: string): ExplorerPair[] {
  const sql = `SELECT id, iteration, item AS "index", state, chosen, rejected FROM saved_pairs WHERE run = ? ORDER BY id DESC`
  return all<ExplorerPair>(store, sql, runKey(store, run))
}

export function removePair(store: Store, id: number): void {
  change(store, 'DELETE FROM saved_pairs WHERE id = ?', id)
}
