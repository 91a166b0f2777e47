import { addEntry, getEntry, listEntries, removeEntry, restoreEntry } from '@main/library/entries'
import { refuseUnknownPaths } from '@main/library/known-paths'
import { addModel, findModelByPath } from '@main/library/models/list'
import { change } from '@main/store/query'
import { createRun, newRunId } from '@main/store/runs'
import { type Plan, planSchema } from '@shared/schemas/plan'
import { describe, expect, it } from 'vitest'
import { errorOf, open, plan, tempFolder } from '../store/fixtures'

const withPaths = (model: string, train: string, evaluation?: string): Plan => ({
  ...plan,
  model: { path: model },
  data: { ...plan.data, train: { path: train }, ...(evaluation ? { eval: { path: evaluation } } : {}) },
})

const TINY = 'bundled:tiny'
const DATA = 'bundled:chain-arithmetic'

describe('entries of the library', () => {
  it('are added once a path, newest first, and taken back after removal', () => {
    const store = open()
    const id = addEntry(store, 'dataset', 'a', '/data/a.csv', 1)
    addEntry(store, 'dataset', 'b', '/data/b.csv', 2)
    expect(addEntry(store, 'dataset', 'again', '/data/x/../a.csv')).toBe(id)
    expect(listEntries(store, 'dataset').map(({ name }) => name)).toEqual(['b', 'a'])
    removeEntry(store, 'dataset', id)
    expect(errorOf(() => getEntry(store, 'dataset', id)).code).toBe('notFound')
    restoreEntry(store, 'dataset', id)
    expect(getEntry(store, 'dataset', id)).toMatchObject({ name: 'a', addedAt: 1 })
    expect(errorOf(() => restoreEntry(store, 'model', id)).code).toBe('notFound')
  })
})

describe('paths of a plan from the window', () => {
  it('may be bundled', () => {
    expect(() => refuseUnknownPaths(open(), withPaths(TINY, DATA, `${DATA}/test`))).not.toThrow()
  })

  it('are refused where nobody chose them, and the key is named', () => {
    const store = open()
    const model = errorOf(() => refuseUnknownPaths(store, withPaths('/etc', DATA)))
    expect([model.code, model.message]).toEqual(['usage', expect.stringContaining('model.path is "/etc"')])
    expect(errorOf(() => refuseUnknownPaths(store, withPaths(TINY, '/etc/passwd'))).message).toMatch(
      /data\.train\.path/,
    )
    expect(errorOf(() => refuseUnknownPaths(store, withPaths(TINY, DATA, '../../x'))).message).toMatch(
      /data\.eval\.path/,
    )
    expect(errorOf(() => findModelByPath(store, '/etc')).code).toBe('usage')
  })

  it('an adapter is refused too where nobody chose it, and a run’s model where there is no such run', () => {
    const store = open()
    const adaptation = { ...planSchema.shape.adaptation.parse({ kind: 'lora', from: '/data/adapter' }) }
    const begun: Plan = { ...withPaths(TINY, DATA), adaptation }
    expect(errorOf(() => refuseUnknownPaths(store, begun)).message).toMatch(/adaptation\.from is "\/data\/adapter"/)
    addEntry(store, 'model', 'adapter', '/data/adapter')
    expect(() => refuseUnknownPaths(store, begun)).not.toThrow()
    expect(errorOf(() => refuseUnknownPaths(store, withPaths('run:1', DATA))).code).toBe('usage')
    createRun(store, { id: '1', name: 'one', plan })
    expect(() => refuseUnknownPaths(store, withPaths('run:1', DATA))).not.toThrow()
  })

  it('may be those in the library, but not of the other kind', () => {
    const store = open()
    addEntry(store, 'dataset', 'mine', '/data/mine.csv')
    expect(() => refuseUnknownPaths(store, withPaths(TINY, '/data/mine.csv'))).not.toThrow()
    expect(errorOf(() => refuseUnknownPaths(store, withPaths('/data/mine.csv', DATA))).code).toBe('usage')
  })

  it('may be those of an earlier run, but not of one that was imported', () => {
    const store = open()
    const earlier = withPaths('/models/a', '/data/a.csv', '/data/b.csv')
    const id = newRunId()
    createRun(store, { id, name: 'first', plan: earlier })
    expect(() => refuseUnknownPaths(store, earlier)).not.toThrow()
    change(store, 'UPDATE runs SET is_read_only = 1 WHERE id = ?', id)
    expect(errorOf(() => refuseUnknownPaths(store, earlier)).code).toBe('usage')
  })
})

it('a folder that is not a model is not added', () => {
  expect(errorOf(() => addModel(open(), tempFolder())).message).toMatch(/has no config\.json/)
  expect(errorOf(() => addModel(open(), '/does/not/exist')).message).toMatch(/does not exist/)
})
