/** SQLite's errors that a person can fix, and how. */
import { GpoError } from '@shared/errors'
import Database from 'better-sqlite3'

const CURES: readonly (readonly [prefix: string, what: string])[] = [
  ['SQLITE_FULL', 'cannot grow because the disk is full: free some space'],
  ['SQLITE_IOERR', 'could not be read or written: check that its disk is attached and has free space'],
  [
    'SQLITE_READONLY',
    'cannot be written: give yourself write permission for the file and its folder, or copy the folder to another disk',
  ],
  ['SQLITE_CANTOPEN', 'cannot be opened: check that the path is a file and that you may write to its folder'],
  ['SQLITE_PERM', 'cannot be opened: give yourself permission for the file and its folder'],
  ['SQLITE_NOTADB', 'is not a database: choose another file, or move it away to start a new one'],
  ['SQLITE_CORRUPT', 'is damaged: restore a copy, or move it away to start a new one'],
  ['SQLITE_BUSY', 'is locked by another program: close it and try again'],
]

const LACKS =
  'lacks what every database of this version has, so it is damaged: restore a copy, or move it away to start a new one'
/** A damaged page can lose a part of a table's description; our statements name only what a migration made. */
const MISSING = /^no such (column|table|index|function)|^malformed|has no column named/

/** The error to throw in place of `error`: a GpoError('storage') if a person can fix it, `error` itself if it is a bug. */
export function storageError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const { code, message } = error
  const known = CURES.find(([prefix]) => code === prefix || code.startsWith(`${prefix}_`))?.[1]
  const cure = known ?? (code === 'SQLITE_ERROR' && MISSING.test(message) ? LACKS : undefined)
  return cure === undefined
    ? error
    : new GpoError('storage', `The database ${file} ${cure}. (${message})`, { cause: error })
}

/** What another program or a person can end while this one waits: a lock, a full disk, a disk that is away. */
const TRANSIENT = /^SQLITE_(BUSY|LOCKED|PROTOCOL|FULL|IOERR)(_|$)/

/** Whether an error of the store may be over soon, so that the same work can be tried again. */
export const isTransient = (error: unknown): boolean =>
  error instanceof GpoError && error.cause instanceof Database.SqliteError && TRANSIENT.test(error.cause.code)
