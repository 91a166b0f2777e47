/** Timers and listeners of the program while the database cannot be used: they report it, and the program goes on. */
import { join } from 'node:path'
import { createProgram } from '@main/host/create'
import type { Store } from '@main/store/query'
import { hideRuns } from '@main/store/run-notes'
import { listRuns } from '@main/store/runs'
import Database from 'better-sqlite3'
import { expect, it, onTestFinished, vi } from 'vitest'
import { newRun, open } from '../store/fixtures'

const none = join(import.meta.dirname, 'none.mjs')

function programOf({ file }: Store) {
  const onBug = vi.fn()
  const program = createProgram({
    host: { kind: 'browser' },
    database: file,
    workerPath: none,
    jobWorkerPath: none,
    onBug,
  })
  program.services.store.db.pragma('busy_timeout = 1')
  return { program, onBug }
}

/** As another program does that writes for a long time. */
function lock({ file }: Store): Database.Database {
  const other = new Database(file)
  onTestFinished(() => void other.close())
  other.exec('BEGIN IMMEDIATE')
  return other
}

it('a purge that finds the database locked is reported, and the next one deletes what it could not', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const store = open()
  const { program, onBug } = programOf(store)
  onTestFinished(() => program.close())
  const id = newRun(store)
  hideRuns(store, [id], false, 0)
  const other = lock(store)
  vi.advanceTimersByTime(10 * 60 * 1000)
  expect(String(onBug.mock.calls[0]?.[0])).toMatch(/is locked by another program/)
  other.exec('ROLLBACK')
  vi.advanceTimersByTime(10 * 60 * 1000)
  expect(store.db.prepare('SELECT count(*) AS n FROM runs').get()).toEqual({ n: 0 })
})

it('a program ends all of its parts, also where one cannot end', async () => {
  const store = open()
  const { program, onBug } = programOf(store)
  program.services.evaluations.close = () => Promise.reject(new Error('locked'))
  const closed = vi.spyOn(program.services.runs, 'close')
  await program.close()
  expect(onBug).toHaveBeenCalledWith(new Error('locked'))
  expect(closed).toHaveBeenCalled()
  expect(program.services.store.db.open).toBe(false)
})

it('a look at what other programs wrote is reported where it fails, and done again', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const store = open()
  const { program, onBug } = programOf(store)
  onTestFinished(() => program.close())
  const look = vi.spyOn(program.services.store, 'dataVersion')
  look.mockImplementationOnce(() => {
    throw new Error('disk I/O error')
  })
  vi.advanceTimersByTime(3000)
  expect(onBug.mock.calls).toEqual([[new Error('disk I/O error')]])
  expect(look).toHaveBeenCalledTimes(3)
  expect(listRuns(store)).toEqual([])
})

it('studies go on hearing of runs after one event could not be handled', async () => {
  const store = open()
  const { program, onBug } = programOf(store)
  onTestFinished(() => program.close())
  store.db.exec(`INSERT INTO studies (id, name, document, state, created_at, owner_pid, owner_started_at)
    VALUES ('s', 's', '{}', 'running', 1, 999999999, '1')`)
  const other = lock(store)
  program.services.runs.announceRuns()
  await expect.poll(() => String(onBug.mock.calls[0]?.[0])).toMatch(/is locked by another program/)
  other.exec('ROLLBACK')
  program.services.runs.announceRuns()
  await expect.poll(() => store.db.prepare('SELECT state FROM studies').get()).toEqual({ state: 'paused' })
})
