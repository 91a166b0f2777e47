import { dirname, join } from 'node:path'
import { change } from '@main/store/query'
import { recordEvents } from '@main/store/record-events'
import {
  createRun,
  deleteRun,
  endRun,
  getRun,
  listRuns,
  newRunId,
  queueRun,
  renameRun,
  startRun,
} from '@main/store/runs'
import { RUN_STATUSES } from '@shared/schemas/run'
import { describe, expect, it } from 'vitest'
import { errorOf, newRun, open, plan, trajectory } from './fixtures'

const owner = { pid: 100, startedAt: '12345' }
const successor = { pid: 100, startedAt: '99999' }

describe('ids', () => {
  it('are 11 characters and sorted by time', () => {
    const times = [Date.UTC(2020, 0, 1), Date.UTC(2026, 5, 1), Date.UTC(2026, 5, 1) + 1, Date.UTC(2050, 0, 1)]
    const ids = times.map((time) => newRunId(time))
    expect(ids.every((id) => /^[0-9a-hjkmnp-tv-z]{11}$/.test(id))).toBe(true)
    expect([...ids].sort()).toEqual(ids)
  })
})

describe('a run', () => {
  it('of SFT that was recorded with passes over the data is read without them', () => {
    const store = open()
    const id = newRun(store)
    const old = JSON.stringify({ ...plan, objective: { kind: 'sft', epochs: 3 } })
    expect(change(store, 'UPDATE runs SET plan = ? WHERE id = ?', old, id)).toBe(1)
    expect(getRun(store, id).plan.objective).toEqual({ kind: 'sft' })
    expect(listRuns(store)[0]?.objective).toBe('sft')
  })

  it('is queued with its plan, and comes back as it went in', () => {
    const store = open()
    const made = createRun(store, { id: 'abc', name: 'first', plan }, 1000)
    expect(made).toEqual({
      id: 'abc',
      name: 'first',
      status: 'queued',
      objective: 'dpo',
      criticalStep: plan.gpo.criticalStep,
      planProblem: null,
      createdAt: 1000,
      startedAt: null,
      endedAt: null,
      workedMs: 0,
      resumedAt: null,
      iteration: 0,
      iterations: 70,
      error: null,
      folder: join(dirname(store.file), 'runs', 'abc'),
      owner: null,
      isReadOnly: false,
      plan,
      environment: null,
    })
  })

  it('is claimed by one process only', () => {
    const store = open()
    const id = newRun(store)
    startRun(store, id, owner, 2000)
    expect(getRun(store, id)).toMatchObject({ status: 'running', startedAt: 2000, owner })
    const error = errorOf(() => startRun(store, id, { pid: 200, startedAt: '1' }))
    expect(error.code).toBe('usage')
    expect(error.message).toContain('already running, in process 100')
    expect(getRun(store, id).owner).toEqual(owner)
  })

  it('is ended by its owner, not by a process that has the same number', () => {
    const store = open()
    const id = newRun(store)
    startRun(store, id, owner)
    expect(endRun(store, id, successor, { status: 'interrupted' })).toBe(false)
    expect(getRun(store, id).status).toBe('running')
    const error = { code: 'training', message: 'The loss became NaN.' }
    expect(endRun(store, id, owner, { status: 'failed', error }, 3000)).toBe(true)
    expect(getRun(store, id)).toMatchObject({ status: 'failed', endedAt: 3000, owner: null, error })
  })

  it('keeps its first start and loses its error when it is queued and started again', () => {
    const store = open()
    const id = newRun(store)
    startRun(store, id, owner, 2000)
    endRun(store, id, owner, { status: 'failed', error: { code: 'training', message: 'x' } })
    queueRun(store, id)
    startRun(store, id, successor, 5000)
    expect(getRun(store, id)).toMatchObject({ status: 'running', startedAt: 2000, endedAt: null, error: null })
    expect(errorOf(() => queueRun(store, id)).code).toBe('usage')
  })

  it('is listed newest first, and by status', () => {
    const store = open()
    const ids = [1, 2, 3].map((now) => createRun(store, { id: `r${now}`, name: 'n', plan }, now).id)
    startRun(store, ids[1]!, owner)
    expect(listRuns(store).map(({ id }) => id)).toEqual(['r3', 'r2', 'r1'])
    expect(listRuns(store, { statuses: ['running', 'failed'] }).map(({ id }) => id)).toEqual(['r2'])
  })

  it('may have every status there is and no other', () => {
    const store = open()
    const id = newRun(store)
    const set = store.db.prepare('UPDATE runs SET status = ?')
    for (const status of RUN_STATUSES) {
      set.run(status)
      expect(getRun(store, id).status).toBe(status)
    }
    expect(() => set.run('asleep')).toThrow('CHECK')
  })

  it('is renamed, and deleted with all that was recorded of it, but not while it runs', () => {
    const store = open()
    const id = newRun(store)
    const other = newRun(store, 'other')
    for (const run of [id, other]) {
      recordEvents(store, run, [
        { type: 'metrics', iteration: 1, values: { loss: 1 } },
        { type: 'trajectories', trajectories: [trajectory(1, 0)] },
      ])
    }
    renameRun(store, id, 'second')
    expect(getRun(store, id).name).toBe('second')
    startRun(store, id, owner)
    expect(errorOf(() => deleteRun(store, id)).code).toBe('usage')
    endRun(store, id, owner, { status: 'stopped' })
    deleteRun(store, id)
    const tables = ['runs', 'metrics', 'metric_summaries', 'trajectories', 'trajectory_texts', 'trajectory_bodies']
    const counts = tables.map((table) => store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
    expect(counts).toEqual(tables.map(() => 1))
  })

  it('that is not there is an error that names it', () => {
    const store = open()
    for (const work of [getRun, queueRun, deleteRun]) {
      const error = errorOf(() => work(store, 'nope'))
      expect(error.code).toBe('notFound')
      expect(error.message).toContain('nope')
    }
    expect(errorOf(() => renameRun(store, 'nope', 'x')).code).toBe('notFound')
    expect(errorOf(() => startRun(store, 'nope', owner)).code).toBe('notFound')
  })

  it('whose plan this version cannot read is an error that names the field', () => {
    const store = open()
    const id = newRun(store)
    store.db.prepare(`UPDATE runs SET plan = json_set(plan, '$.seed', 'seven')`).run()
    const error = errorOf(() => getRun(store, id))
    expect(error.code).toBe('storage')
    expect(error.message).toContain('seed')
    expect(listRuns(store)).toHaveLength(1)
  })
})
