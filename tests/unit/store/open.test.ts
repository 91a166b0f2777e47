import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listEvaluations } from '@main/store/evaluations'
import { defineFunctions } from '@main/store/functions'
import { migrate, refuseUnknown } from '@main/store/migrate'
import { MIGRATIONS } from '@main/store/migrations'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { runList } from '@main/store/run-list'
import { getRun } from '@main/store/runs'
import { listStudies } from '@main/store/studies'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { errorOf, newRun, open, plan, tempFolder } from './fixtures'

const version = ({ db }: Store) => db.pragma('user_version', { simple: true })

function bare(file: string): Store {
  const db = new Database(file)
  defineFunctions(db)
  return { db, file, isReadOnly: false, statements: new Map(), dataVersion: () => 0, close: () => void db.close() }
}

describe('opening', () => {
  it('makes the folder and a database of the newest version, in write-ahead mode with foreign keys', () => {
    const store = open(join(tempFolder(), 'a/b/runs.db'))
    expect(version(store)).toBe(MIGRATIONS.length)
    expect(store.db.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(store.db.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(store.db.pragma('synchronous', { simple: true })).toBe(1)
    expect(store.db.pragma('busy_timeout', { simple: true })).toBe(10_000)
  })

  it('keeps the records when it opens a file again', () => {
    const file = join(tempFolder(), 'runs.db')
    const id = newRun(open(file))
    expect(getRun(open(file), id).name).toBe('first')
  })

  it('opens a database in memory', () => {
    const store = open(':memory:')
    expect(getRun(store, newRun(store)).plan).toEqual(plan)
  })

  it('refuses a newer database, names both versions and leaves the file as it is', () => {
    const file = join(tempFolder(), 'runs.db')
    const store = openStore(file)
    store.db.pragma('user_version = 99')
    store.close()
    const before = readFileSync(file)
    const error = errorOf(() => openStore(file))
    expect(error.code).toBe('storage')
    expect(error.message).toContain(file)
    expect(error.message).toContain(`version 99; this program knows versions up to ${MIGRATIONS.length}`)
    expect(error.message).toContain('install the newest')
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('refuses a file that is not a database', () => {
    const file = join(tempFolder(), 'notes.txt')
    writeFileSync(file, 'These are notes, not a database. '.repeat(100))
    const error = errorOf(() => openStore(file))
    expect(error.code).toBe('storage')
    expect(error.message).toContain(`${file} is not a database: choose another file`)
  })

  it("refuses another program's database and adds nothing to it", () => {
    const file = join(tempFolder(), 'other.db')
    const other = new Database(file)
    other.exec('CREATE TABLE recipes (title TEXT)')
    const error = errorOf(() => openStore(file))
    expect(error.code).toBe('storage')
    expect(error.message).toContain('belongs to another program')
    expect(other.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['recipes'])
    expect(other.pragma('journal_mode', { simple: true })).toBe('delete')
    other.close()
  })

  it('refuses a folder, and a folder that cannot be made', () => {
    const folder = tempFolder()
    mkdirSync(join(folder, 'runs.db'))
    writeFileSync(join(folder, 'file'), '')
    expect(errorOf(() => openStore(join(folder, 'runs.db'))).code).toBe('storage')
    const error = errorOf(() => openStore(join(folder, 'file/runs.db')))
    expect(error.code).toBe('storage')
    expect(error.message).toContain('cannot be created')
  })
})

/** A run as stored by the first version, because current functions need columns that old databases lack. */
function oldRun({ db }: Store): string {
  const sql = `INSERT INTO runs (id, name, status, plan, created_at, iterations, folder) VALUES ('old', 'first', 'queued', ?, 1, 70, 'runs/old')`
  db.prepare(sql).run(JSON.stringify(plan))
  return 'old'
}

describe('migrating', () => {
  it('numbers the migrations 1, 2, 3 …', () => {
    expect(MIGRATIONS.map((migration) => migration.version)).toEqual(MIGRATIONS.map((_, i) => i + 1))
  })

  it.each(MIGRATIONS.slice(0, -1).map((migration) => migration.version))(
    'moves a database of version %i on and keeps its run',
    (from) => {
      const file = join(tempFolder(), 'runs.db')
      const old = bare(file)
      migrate(old, MIGRATIONS.slice(0, from))
      const id = oldRun(old)
      expect(version(old)).toBe(from)
      old.close()
      const store = open(file)
      expect(version(store)).toBe(MIGRATIONS.length)
      expect(getRun(store, id)).toMatchObject({ name: 'first', status: 'queued', plan })
    },
  )

  it('keeps evaluations of versions that recorded only counts', () => {
    const file = join(tempFolder(), 'runs.db')
    const old = bare(file)
    migrate(old, MIGRATIONS.slice(0, 8))
    const id = oldRun(old)
    old.db.exec(`INSERT INTO evaluations VALUES (1, 0, 4, 3, 0.75, '{"correct":3}', 12.5)`)
    old.close()
    const store = open(file)
    const counts = { iteration: 0, n: 4, correct: 3, accuracy: 0.75, statuses: { correct: 3 }, meanTokens: 12.5 }
    expect(listEvaluations(store, id)).toEqual([counts])
    expect(runList(store)[0]).toMatchObject({ id, base: { iteration: 0, correct: 3, n: 4 }, study: null })
    expect(listStudies(store)).toEqual([])
  })

  it('undoes all of a migration that fails half way and keeps the version before it', () => {
    const store = bare(join(tempFolder(), 'runs.db'))
    const broken = { version: 2, sql: 'CREATE TABLE half (a); CREATE TABLE half (a);' }
    expect(() => migrate(store, [MIGRATIONS[0]!, broken])).toThrow('already exists')
    expect(version(store)).toBe(1)
    expect(store.db.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'half'`).pluck().get()).toBe(0)
    expect(() => refuseUnknown(store, 1)).not.toThrow()
    store.close()
  })
})
