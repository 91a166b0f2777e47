/** Opens the run store: one SQLite file, shared by all processes that run or show runs. */
import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { describeError, GpoError } from '@shared/errors'
import Database from 'better-sqlite3'
import { defineFunctions } from './functions'
import { migrate, refuseUnknown } from './migrate'
import { MIGRATIONS } from './migrations/index'
import type { Store } from './query'
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

/** Write-ahead log: readers never wait for the writer. NORMAL: a power cut may lose the last transactions, never the file. */
function configure(db: Database.Database): void {
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = NORMAL')
  db.pragma('foreign_keys = ON')
  db.pragma('cache_size = -32000')
}

function connect(file: string): Store {
  let db: Database.Database | undefined
  try {
    db = new Database(file)
    const opened: Store = {
      db,
      file,
      statements: new Map(),
      dataVersion: () => opened.db.pragma('data_version', { simple: true }) as number,
      close: () => void opened.db.close(),
    }
    db.pragma('busy_timeout = 10000')
    refuseUnknown(opened, MIGRATIONS.length)
    configure(db)
    defineFunctions(db)
    migrate(opened, MIGRATIONS)
    return opened
  } catch (error) {
    db?.close()
    throw storageError(error, file)
  }
}

/**
 * @param file created with its folder if missing; `:memory:` for a temporary one
 * @throws {GpoError} 'storage' if the file is not a database, another program's, written by a newer version, or not accessible
 */
export function openStore(file: string): Store {
  if (file === IN_MEMORY) return connect(file)
  const path = resolve(file)
  makeFolder(path)
  return connect(path)
}
