/** Prepared statements and transactions over one open database. Knows no table. */
import type Database from 'better-sqlite3'
import { storageError } from './storage-error'

export interface Store {
  readonly db: Database.Database
  readonly file: string
  /** Whether its folder cannot be written: everything can be looked at and exported, nothing is changed. */
  readonly isReadOnly: boolean
  /** Prepared statements by their SQL. */
  readonly statements: Map<string, Database.Statement<unknown[]>>
  /** Changes when another connection has written. */
  dataVersion(): number
  close(): void
}

export type SqlValue = string | number | bigint | Uint8Array | null

/** @throws {GpoError} 'storage' for a full disk, a damaged file or similar */
function guarded<T>(store: Store, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw storageError(error, store.file)
  }
}

/** The statement, prepared once per store. For loops; inside `transaction` only, which turns its errors into ours. */
export function statement(store: Store, sql: string): Database.Statement<unknown[]> {
  const known = store.statements.get(sql)
  if (known !== undefined) return known
  const prepared = store.db.prepare<unknown[]>(sql)
  store.statements.set(sql, prepared)
  return prepared
}

/** All rows. `T` is the type of the query's columns. */
export function all<T>(store: Store, sql: string, ...params: readonly SqlValue[]): T[] {
  return guarded(store, () => statement(store, sql).all(...params) as T[])
}

/** The first row, if there is one. `T` is the type of the query's columns. */
export function first<T>(store: Store, sql: string, ...params: readonly SqlValue[]): T | undefined {
  return guarded(store, () => statement(store, sql).get(...params) as T | undefined)
}

/** @returns rows changed */
export function change(store: Store, sql: string, ...params: readonly SqlValue[]): number {
  return guarded(store, () => statement(store, sql).run(...params).changes)
}

/** Runs `work` in a transaction. Takes the write lock first, so that it never fails midway because another process writes. */
export function transaction<T>(store: Store, work: () => T): T {
  return guarded(store, () => store.db.transaction(work).immediate())
}

/** Milliseconds that a statement waits for another program's lock; the process stands still meanwhile. */
export const BUSY_TIMEOUT = 10_000
const IMPATIENT = 200

/** Does `work` without long waiting, for whoever tries again: the window answers in between. */
export function impatiently<T>(store: Store, work: () => T): T {
  store.db.pragma(`busy_timeout = ${IMPATIENT}`)
  try {
    return work()
  } finally {
    store.db.pragma(`busy_timeout = ${BUSY_TIMEOUT}`)
  }
}
