/** Opens the run store: one SQLite file, shared by all processes that run or show runs. */
import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { refuseStrangeFile } from '@main/formats/regular-file'
import { describeError, GpoError } from '@shared/errors'
import Database from 'better-sqlite3'
import { defineFunctions } from './functions'
import { migrate, refuseUnknown } from './migrate'
import { MIGRATIONS } from './migrations/index'
import { BUSY_TIMEOUT, type Store } from './query'
import { storageError } from './storage-error'

const IN_MEMORY = ':memory:'

function makeFolder(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
  } catch (error) {
    const cure = 'choose a folder you may write to'
    throw new GpoError(
      'storage',
      `The folder of the database ${file} cannot be created: ${cure}. (${describeError(error)})`,
    )
  }
}

/** Pages of 4 KB in the log before they are moved into the database: on a disk that is nearly full, SQLite's own thousand are what fills it. */
const WAL_PAGES = 250

/** Write-ahead log: readers never wait for the writer. NORMAL: a power cut may lose the last transactions, never the file. */
function configure(db: Database.Database): void {
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.pragma(`wal_autocheckpoint = ${WAL_PAGES}`)
  db.pragma('foreign_keys = ON')
  db.pragma('cache_size = -32000')
}

/** @param from the file to open, if that is a copy; what cannot be written there is not written anywhere */
function connect(file: string, from: string = file): Store {
  const isReadOnly = from !== file
  let db: Database.Database | undefined
  try {
    db = new Database(from)
    const opened: Store = {
      db,
      file,
      isReadOnly,
      statements: new Map(),
      dataVersion: () => opened.db.pragma('data_version', { simple: true }) as number,
      close: () => void opened.db.close(),
    }
    db.pragma(`busy_timeout = ${BUSY_TIMEOUT}`)
    refuseUnknown(opened, MIGRATIONS.length)
    configure(db)
    defineFunctions(db)
    migrate(opened, MIGRATIONS)
    if (isReadOnly) db.pragma('query_only = ON')
    return opened
  } catch (error) {
    db?.close()
    throw storageError(error, file)
  }
}

/** SQLite writes to the file and beside it. */
function isWritable(file: string): boolean {
  try {
    for (const path of [file, dirname(file)]) accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** A database in a folder that cannot be written: SQLite cannot read its write-ahead log there, so it reads a copy, which is removed when it is closed. */
function openCopy(file: string): Store {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-view-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const copy = join(folder, 'runs.db')
    copyFileSync(file, copy)
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`)
    for (const one of [copy, `${copy}-wal`]) if (existsSync(one)) chmodSync(one, 0o600)
    const store = connect(file, copy)
    return {
      ...store,
      close() {
        store.close()
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error instanceof GpoError
      ? error
      : new GpoError('storage', `The database ${file} cannot be read: ${describeError(error)}`)
  }
}

/**
 * @param file created with its folder if missing; `:memory:` for a temporary one
 * @throws {GpoError} 'storage' if the file is not a database, another program's, written by a newer version, or not accessible
 */
export function openStore(file: string): Store {
  if (file === IN_MEMORY) return connect(file)
  const path = resolve(file)
  refuseStrangeFile(path, 'storage')
  if (existsSync(path) && !isWritable(path)) return openCopy(path)
  makeFolder(path)
  return connect(path)
}
