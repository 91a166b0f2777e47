/** Functions of this program that migrations use in SQL. */
import type Database from 'better-sqlite3'
import { continuationLines, decodeBody } from './trajectory-body'
import { searchable } from './word-query'

/** Of a body in the database. A damaged one has none; it is reported when it is opened. */
function searchableContinuations(id: unknown, body: unknown): string {
  try {
    return searchable(continuationLines(decodeBody(Number(id), body as Uint8Array).continuations))
  } catch {
    return ''
  }
}

export function defineFunctions(db: Database.Database): void {
  db.function('searchable', { deterministic: true }, (text) => searchable(String(text)))
  db.function('searchable_continuations', { deterministic: true }, searchableContinuations)
}
