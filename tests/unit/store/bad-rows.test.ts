/** One row that cannot be read, because it is damaged or of another version: it is told where it is shown, and all others are as they were. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { router } from '@main/api/router'
import { settingsOf } from '@main/api/system'
import { showRuns } from '@main/cli/runs'
import { createProgram } from '@main/host/create'
import { addEntry, listEntries } from '@main/library/entries'
import { refuseUnknownPaths } from '@main/library/known-paths'
import { listModels } from '@main/library/models/list'
import { ratesForPlan } from '@main/runs/rates'
import { insertCheckpoint } from '@main/store/checkpoints'
import { insertEvaluation, listEvaluations } from '@main/store/evaluations'
import {
  createModelEvaluation,
  getModelEvaluation,
  listModelEvaluations,
  requestOf,
} from '@main/store/model-evaluations'
import { change, type Store } from '@main/store/query'
import { runList } from '@main/store/run-list'
import { getRun, listRuns } from '@main/store/runs'
import { writeSetting } from '@main/store/settings'
import { createStudy } from '@main/store/studies'
import { getTrajectory, insertTrajectories, listTrajectories } from '@main/store/trajectories'
import { studyList } from '@main/studies/overview'
import { removeStudy } from '@main/studies/remove'
import { createRouterClient } from '@orpc/server'
import { studySchema } from '@shared/schemas/study'
import { cellsOf } from '@shared/study/cells'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { errorOf, newRun, open, plan, trajectory } from './fixtures'

const deflated = (value: object) => deflateRawSync(JSON.stringify(value))

/** Plans that were never written by this version. */
const BAD_PLANS = {
  'no JSON': '{"model": ',
  'no object': '[1, 2]',
  'a kind of a later version': JSON.stringify({ ...plan, objective: { kind: 'hindsight' } }),
} as const

function programOf({ file }: Store) {
  const none = join(import.meta.dirname, 'none.mjs')
  const options = { database: file, workerPath: none, jobWorkerPath: none }
  const onBug = vi.fn()
  const program = createProgram({ host: { kind: 'browser' }, ...options, onBug })
  onTestFinished(() => program.close())
  return { page: createRouterClient(router, { context: program.services }), onBug, ...program.services }
}

describe.each(Object.entries(BAD_PLANS))('a run whose plan is %s', (_, text) => {
  function withBadRun() {
    const store = open()
    const [good, bad] = [newRun(store, 'good'), newRun(store, 'bad')]
    insertCheckpoint(store, bad, { iteration: 3, path: 'checkpoint-00000003', bytes: 1, sha256: '', removed: [] })
    change(store, 'UPDATE runs SET plan = ?, iteration = 9 WHERE id = ?', text, bad)
    return { store, good, bad }
  }

  it('is listed with what is wrong, and the others as they were', () => {
    const { store, good, bad } = withBadRun()
    expect(listRuns(store)).toMatchObject([
      {
        id: bad,
        objective: null,
        criticalStep: null,
        planProblem: expect.stringMatching(/^Its plan .*: (open|restore)/),
      },
      { id: good, objective: 'dpo', planProblem: null },
    ])
    expect(runList(store)).toMatchObject([
      { id: bad, model: '', data: '' },
      { id: good, model: 'bundled:tiny' },
    ])
    expect(errorOf(() => getRun(store, bad))).toMatchObject({ code: 'storage' })
  })

  it('is in the table of `gpo runs`, with the reason below it', () => {
    const { store, bad } = withBadRun()
    const [line, note] = [vi.fn(), vi.fn()]
    expect(showRuns({ db: store.file }, { isJson: false, json: () => {}, line, note })).toBe(0)
    expect(line.mock.calls.join()).toMatch(/good/)
    expect(note.mock.calls).toEqual([[expect.stringMatching(new RegExp(`^run ${bad}: Its plan `))]])
  })

  it('keeps neither a program from starting nor the lists of models and paths from being read', () => {
    const { store } = withBadRun()
    expect(programOf(store).onBug).not.toHaveBeenCalled()
    expect(listModels(store).map(({ kind }) => kind)).toEqual(['bundled', 'bundled'])
    expect(() => refuseUnknownPaths(store, plan)).not.toThrow()
    expect(ratesForPlan(store, plan, false)).toBeNull()
  })

  it('is removed like any other, with its files', async () => {
    const { store, good, bad } = withBadRun()
    mkdirSync(join(dirname(store.file), 'runs', bad), { recursive: true })
    const { page, runs } = programOf(store)
    expect(await page.runs.files({ ids: [bad] })).toEqual({ bytes: 0, checkpoints: 1 })
    expect((await page.runs.log({ id: bad })).text).toBe('')
    await page.runs.remove({ ids: [bad], files: true })
    runs.purge(-1)
    expect(listRuns(store).map(({ id }) => id)).toEqual([good])
  })
})

it('a run of an impossible time is listed without it', () => {
  const store = open()
  newRun(store)
  change(store, 'UPDATE runs SET created_at = ?, started_at = ?', 9e15, -9e15)
  expect(listRuns(store)).toMatchObject([{ createdAt: 0, startedAt: null }])
})

it('tags, an environment, settings and options that cannot be read are left out', async () => {
  const store = open()
  const id = newRun(store)
  addEntry(store, 'model', 'mine', '/models/mine')
  writeSetting(store, 'settings', {})
  writeSetting(store, 'backends', {})
  change(store, `UPDATE runs SET tags = '[1', environment = '[[]]'`)
  change(store, `UPDATE library SET options = 'null'`)
  change(store, `UPDATE settings SET value = '{'`)
  expect(runList(store)).toMatchObject([{ id, tags: [] }])
  expect(getRun(store, id).environment).toBeNull()
  expect(listEntries(store, 'model')).toMatchObject([{ name: 'mine', options: {} }])
  expect(settingsOf(store).notifications).toBeTypeOf('boolean')
  const { page } = programOf(store)
  expect(await page.system.backends({})).toBeNull()
  change(store, `UPDATE settings SET value = '{"candidates": 5}'`)
  expect(await page.system.backends({})).toBeNull()
})

it('an evaluation within a run whose counts cannot be read is left out', () => {
  const store = open()
  const id = newRun(store)
  const statuses = { correct: 1, wrong: 1, unparseable: 0, truncated: 0, timeout: 0 }
  for (const iteration of [0, 1])
    insertEvaluation(store, id, { iteration, n: 2, correct: 1, accuracy: 0.5, statuses, meanTokens: 3 })
  change(store, `UPDATE evaluations SET statuses = '{"correct": "x"}' WHERE iteration = 0`)
  expect(listEvaluations(store, id).map(({ iteration }) => iteration)).toEqual([1])
})

it('an evaluation of a model that cannot be read is listed as failed, with the reason', () => {
  const store = open()
  const settings = { verifier: { kind: 'exact', ignoreCase: true, marker: '####' } as const, chatTemplate: false }
  const asked = { ...settings, template: '{prompt}', limit: null, samples: 0, temperature: 1, maxNewTokens: 8, seed: 1 }
  const create = () =>
    createModelEvaluation(
      store,
      { model: 'm', data: 'd', settings: asked, request: null },
      { pid: process.pid, startedAt: '' },
    )
  const [good, bad] = [create(), create()]
  change(store, `UPDATE model_evaluations SET settings = '{}', request = '{"model":' WHERE id = ?`, bad)
  expect(listModelEvaluations(store)).toMatchObject([
    { id: bad, state: 'failed', error: expect.stringMatching(/cannot be read.*Evaluate the model again/) },
    { id: good, state: 'queued', settings: asked },
  ])
  change(store, `UPDATE model_evaluations SET result = '{"n": 3}' WHERE id = ?`, good)
  expect(getModelEvaluation(store, good)).toMatchObject({ state: 'failed', result: null })
  expect(errorOf(() => requestOf(store, bad)).code).toBe('storage')
})

it('a trajectory whose values cannot be read is listed without them; one whose body is another thing says so', () => {
  const store = open()
  const id = newRun(store)
  insertTrajectories(store, id, [trajectory(1, 0), trajectory(1, 1)])
  const [newer, older] = listTrajectories(store, id).rows
  change(store, `UPDATE trajectory_texts SET state_values = '{}' WHERE id = ?`, newer!.id)
  expect(listTrajectories(store, id).rows.map(({ values }) => values.length)).toEqual([0, 3])
  const body = store.db.prepare('SELECT body FROM trajectory_bodies').pluck()
  expect(body.get()).toBeDefined()
  change(store, 'UPDATE trajectory_bodies SET body = ? WHERE id = ?', deflated({ steps: 5 }), older!.id)
  expect(errorOf(() => getTrajectory(store, older!.id)).message).toMatch(/is damaged: its \d+ bytes cannot be read/)
})

describe('a study whose document cannot be read', () => {
  const document = (name: string) =>
    studySchema.parse({
      name,
      plan,
      arms: [{ name: 'a' }, { name: 'b', changes: { 'gpo.criticalStep': 'max' } }],
      base: 'a',
      seeds: [1],
    })

  it.each(['{', '{}', JSON.stringify({ ...document('x'), arms: [] })])('is listed with the reason: %s', (text) => {
    const store = open()
    const [good, bad] = ['good', 'bad'].map((name) => createStudy(store, document(name), cellsOf(document(name))).id)
    change(store, 'UPDATE studies SET document = ? WHERE id = ?', text, bad!)
    const list = studyList(store, null)
    expect(list.find(({ id }) => id === good)).toMatchObject({ error: null, arms: 2 })
    expect(list.find(({ id }) => id === bad)).toMatchObject({
      name: 'bad',
      error: { code: 'storage', message: expect.stringMatching(/cannot be read by this version/) },
      runs: { total: 2 },
    })
    expect(removeStudy(store, bad!, 'keep')).toBe(0)
    expect(studyList(store, null).map(({ id }) => id)).toEqual([good])
  })

  it('is listed too where a combination is none of its own', () => {
    const store = open()
    createStudy(store, document('good'), cellsOf(document('good')))
    change(store, `UPDATE studies SET document = json_set(document, '$.plan.objective.kind', 'hindsight')`)
    expect(studyList(store, null)).toMatchObject([{ name: 'good' }])
  })
})

it('a table that has lost a column is a damaged database, said so', () => {
  const store = open()
  newRun(store)
  store.db.exec('ALTER TABLE runs RENAME COLUMN environment TO environ')
  store.statements.clear()
  const error = errorOf(() => getRun(store, listRuns(store)[0]!.id))
  expect(error.code).toBe('storage')
  expect(error.message).toMatch(
    /lacks what every database of this version has, so it is damaged: restore a copy.*no such column/,
  )
})
