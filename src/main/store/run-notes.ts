/** A person's notes, tags, archive flags and removals of runs. */
import type { RunNotes } from '@shared/schemas/run'
import { z } from 'zod'
import { jsonColumn } from './json-column'
import { all, change, first, type Store, transaction } from './query'
import { runKey } from './runs'

interface Row {
  readonly note: string
  readonly tags: string
  readonly is_archived: number
}

const tagsSchema = z.array(z.string())

const notesOf = ({ note, tags, is_archived }: Row): RunNotes => ({
  note,
  tags: jsonColumn(tags, tagsSchema, []),
  isArchived: is_archived === 1,
})

export function runNotes(store: Store, run: string): RunNotes {
  const key = runKey(store, run)
  return notesOf(first<Row>(store, 'SELECT note, tags, is_archived FROM runs WHERE key = ?', key)!)
}

/** Notes of all runs, by id. */
export function allRunNotes(store: Store): ReadonlyMap<string, RunNotes> {
  const rows = all<Row & { id: string }>(store, 'SELECT id, note, tags, is_archived FROM runs')
  return new Map(rows.map((row) => [row.id, notesOf(row)]))
}

/** Changes what is given. @throws {GpoError} 'notFound' */
export function changeRunNotes(store: Store, run: string, { note, tags, isArchived }: Partial<RunNotes>): void {
  transaction(store, () => {
    const key = runKey(store, run)
    if (note !== undefined) change(store, 'UPDATE runs SET note = ? WHERE key = ?', note, key)
    if (tags !== undefined) change(store, 'UPDATE runs SET tags = ? WHERE key = ?', JSON.stringify(tags), key)
    if (isArchived !== undefined)
      change(store, 'UPDATE runs SET is_archived = ? WHERE key = ?', Number(isArchived), key)
  })
}

export function archiveRuns(store: Store, ids: readonly string[], isArchived: boolean): void {
  transaction(store, () => {
    for (const id of ids) changeRunNotes(store, id, { isArchived })
  })
}

/** Hides runs that are not running; `restoreRuns` undoes it until they are deleted. @returns the ids that were hidden */
export function hideRuns(store: Store, ids: readonly string[], removesFiles: boolean, now = Date.now()): string[] {
  return transaction(store, () =>
    ids.filter((id) => {
      const sql = `UPDATE runs SET removed_at = ?, removes_files = ? WHERE id = ? AND status <> 'running' AND removed_at IS NULL`
      return change(store, sql, now, Number(removesFiles), id) > 0
    }),
  )
}

export function restoreRuns(store: Store, ids: readonly string[]): void {
  transaction(store, () => {
    for (const id of ids) change(store, 'UPDATE runs SET removed_at = NULL, removes_files = 0 WHERE id = ?', id)
  })
}

/** Moves the times at which runs were hidden along with a clock that has jumped, so that each can be restored as long as was said; none is later than now. */
export function shiftHidden(store: Store, jumpMs: number, now = Date.now()): void {
  change(store, 'UPDATE runs SET removed_at = min(removed_at + ?, ?) WHERE removed_at IS NOT NULL', jumpMs, now)
}

export interface HiddenRun {
  readonly id: string
  readonly removesFiles: boolean
}

/** Runs hidden before a time, to be deleted. */
export function hiddenRuns(store: Store, before: number): HiddenRun[] {
  const sql = `SELECT id, removes_files FROM runs WHERE removed_at <= ? AND status <> 'running'`
  return all<{ id: string; removes_files: number }>(store, sql, before).map(({ id, removes_files }) => ({
    id,
    removesFiles: removes_files === 1,
  }))
}
