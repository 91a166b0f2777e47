/** Brings a database to our layout, one numbered migration at a time, each in a transaction. */
import { GpoError } from '@shared/errors'
import type { Migration } from './migrations/migration'
import { type Store, transaction } from './query'

/** "GPOS": written into the file's header, so that another program's database is never taken for ours. */
const APPLICATION_ID = 0x47504f53

const pragma = ({ db }: Store, name: string) => db.pragma(name, { simple: true }) as number

function refuseForeign(store: Store): void {
  const id = pragma(store, 'application_id')
  const tables = store.db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number
  if (id === APPLICATION_ID || (id === 0 && tables === 0)) return
  throw new GpoError('storage', `The database ${store.file} belongs to another program: choose another file.`)
}

function refuseNewer(store: Store, ours: number): void {
  const theirs = pragma(store, 'user_version')
  if (theirs <= ours) return
  throw new GpoError(
    'storage',
    `The database ${store.file} has version ${theirs}; this program knows versions up to ${ours}: install the newest GPO Studio, or choose another file.`,
  )
}

/** Applies what is missing. Two programs that open the same file at once do not apply anything twice. */
export function migrate(store: Store, migrations: readonly Migration[]): void {
  refuseForeign(store)
  refuseNewer(store, migrations.length)
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
