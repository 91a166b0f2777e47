/** Models and datasets that a person added: the table, and removed entries that can still be restored. It does not read their files. */
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { jsonColumn } from '@main/store/json-column'
import { all, change, first, type Store } from '@main/store/query'
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'
import { z } from 'zod'

export type EntryKind = 'model' | 'dataset'

export interface LibraryEntry {
  readonly id: string
  readonly kind: EntryKind
  readonly name: string
  /** Absolute. */
  readonly path: string
  /** Its options, as plain JSON whose form depends on the kind. */
  readonly options: Readonly<Record<string, unknown>>
  readonly addedAt: number
}

interface Row {
  readonly id: string
  readonly kind: EntryKind
  readonly name: string
  readonly path: string
  readonly options: string
  readonly added_at: number
}

const COLUMNS = 'id, kind, name, path, options, added_at'

/** Entries removed by `removeEntry`, by id, kept until the program ends. */
const removed = new WeakMap<Store, Map<string, LibraryEntry>>()

const optionsSchema = z.record(z.string(), z.unknown())

const entryOf = ({ added_at, options, ...row }: Row): LibraryEntry => ({
  ...row,
  options: jsonColumn(options, optionsSchema, {}),
  addedAt: added_at,
})

/** Newest first. */
export const listEntries = (store: Store, kind: EntryKind): LibraryEntry[] =>
  all<Row>(store, `SELECT ${COLUMNS} FROM library WHERE kind = ? ORDER BY added_at DESC, id`, kind).map(entryOf)

/** @throws {GpoError} 'notFound' */
export function getEntry(store: Store, kind: EntryKind, id: string): LibraryEntry {
  const row = first<Row>(store, `SELECT ${COLUMNS} FROM library WHERE kind = ? AND id = ?`, kind, id)
  if (row === undefined) throw new GpoError('notFound', `The list has no ${kind} ${shown(id)}: add it.`)
  return entryOf(row)
}

export const findEntryByPath = (store: Store, kind: EntryKind, path: string): LibraryEntry | undefined => {
  const sql = `SELECT ${COLUMNS} FROM library WHERE kind = ? AND path = ?`
  const row = first<Row>(store, sql, kind, resolve(path))
  return row && entryOf(row)
}

/** @returns the entry's id; of the existing entry if the path is already listed */
export function addEntry(store: Store, kind: EntryKind, name: string, path: string, now = Date.now()): string {
  const listed = findEntryByPath(store, kind, path)
  if (listed) return listed.id
  const id = randomBytes(9).toString('base64url')
  const sql = 'INSERT INTO library (id, kind, name, path, added_at) VALUES (?, ?, ?, ?, ?)'
  change(store, sql, id, kind, name, resolve(path), now)
  return id
}

/**
 * Changes the name and the given options; the others stay as they are now, not as they were when a caller that has waited for a file read them.
 * @throws {GpoError} 'notFound'
 */
export function changeEntry(
  store: Store,
  kind: EntryKind,
  id: string,
  { name, options }: Partial<Pick<LibraryEntry, 'name' | 'options'>>,
): void {
  const entry = getEntry(store, kind, id)
  const sql = 'UPDATE library SET name = ?, options = ? WHERE id = ?'
  change(store, sql, name ?? entry.name, JSON.stringify({ ...entry.options, ...options }), id)
}

/** @throws {GpoError} 'notFound' */
export function removeEntry(store: Store, kind: EntryKind, id: string): void {
  const entry = getEntry(store, kind, id)
  const kept = removed.get(store) ?? new Map<string, LibraryEntry>()
  removed.set(store, kept.set(id, entry))
  change(store, 'DELETE FROM library WHERE id = ?', id)
}

/** Undoes `removeEntry`; does nothing if the path was added again in the meantime. @throws {GpoError} 'notFound' */
export function restoreEntry(store: Store, kind: EntryKind, id: string): void {
  const entry = removed.get(store)?.get(id)
  if (entry?.kind !== kind) throw new GpoError('notFound', `The ${kind} cannot be restored: add it again.`)
  const { name, path, options, addedAt } = entry
  const sql = 'INSERT OR IGNORE INTO library (id, kind, name, path, options, added_at) VALUES (?, ?, ?, ?, ?, ?)'
  change(store, sql, id, kind, name, path, JSON.stringify(options), addedAt)
  removed.get(store)?.delete(id)
}

/** Paths of removed entries that can still be restored. */
export const removedPaths = (store: Store): readonly string[] =>
  [...(removed.get(store)?.values() ?? [])].map(({ path }) => path)
