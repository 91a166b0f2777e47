/** Updates a database to the current layout, one numbered migration at a time, each in a transaction. */
import { GpoError } from '@shared/errors'
import type { Migration } from './migrations/migration'
import { type Store, transaction } from './query'

/** "GPOS": written into the file's header, so that another program's database is never mistaken for ours. */
const APPLICATION_ID = 0x47504f53

const pragma = ({ db }: Store, name: string) => db.pragma(name, { simple: true }) as number

/** All three are read at one moment, because another process may be creating the database. */
function readHeader(store: Store): { id: number; tables: number; version: number } {
  const read = store.db.transaction(() => ({
    id: pragma(store, 'application_id'),
    tables: store.db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number,
    version: pragma(store, 'user_version'),
  }))
  return read()
}

/**
 * Changes nothing.
 * @param ours newest version known
 * @throws {GpoError} 'storage' if another program or a newer version made the database
 */
export function refuseUnknown(store: Store, ours: number): void {
  const { id, tables, version } = readHeader(store)
  const isFresh = id === 0 && tables === 0 && version === 0
  if (id !== APPLICATION_ID && !isFresh) {
    throw new GpoError('storage', `The database ${store.file} belongs to another program: choose another file.`)
  }
  if (version <= ours) return
  const cure = 'install the newest GPO Studio, or choose another file'
  throw new GpoError(
    'storage',
    `The database ${store.file} has version ${version}; this program knows versions up to ${ours}: ${cure}.`,
  )
}

/** Applies the missing migrations. Two programs that open the same file at once do not apply anything twice. */
export function migrate(store: Store, migrations: readonly Migration[]): void {
  for (const { version, sql } of migrations) {
    if (pragma(store, 'user_version') >= version) continue
    transaction(store, () => {
      if (pragma(store, 'user_version') >= version) return
      store.db.exec(sql)
      store.db.pragma(`application_id = ${APPLICATION_ID}`)
      store.db.pragma(`user_version = ${version}`)
    })
  }
}
