/** A database that someone else wrote: no path in it leads a program out of its folder. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { router } from '@main/api/router'
import { createProgram } from '@main/host/create'
import { beginUpload } from '@main/library/datasets/uploads'
import { findModel } from '@main/library/models/list'
import { runLog } from '@main/runs/log'
import { offeredCheckpoints } from '@main/runs/on-disk'
import { prepareResume } from '@main/runs/prepare'
import { modelAt } from '@main/runs/recorded'
import { insertCheckpoint, listCheckpoints } from '@main/store/checkpoints'
import { change, type Store } from '@main/store/query'
import { hideRuns } from '@main/store/run-notes'
import { getRun, listRuns } from '@main/store/runs'
import { truncateAfter } from '@main/store/truncate'
import { createRouterClient } from '@orpc/server'
import { expect, it, onTestFinished, vi } from 'vitest'
import { errorOf, newRun, open } from '../store/fixtures'

/** Someone's folder, with a file in it. */
function precious(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-precious-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'thesis.txt'), 'the only copy')
  return folder
}

const isWhole = (folder: string) => existsSync(join(folder, 'thesis.txt'))
const runsOf = (store: Store) => join(dirname(store.file), 'runs')

/** Opens the database as the window does, which deletes runs that were removed long ago. */
function programOf({ file }: Store) {
  const onBug = vi.fn()
  const showFolder = vi.fn(async (_path: string) => {})
  const none = join(import.meta.dirname, 'none.mjs')
  const host = { kind: 'electron' as const, showFolder }
  const program = createProgram({ host, database: file, workerPath: none, jobWorkerPath: none, onBug })
  onTestFinished(() => program.close())
  return { page: createRouterClient(router, { context: program.services }), onBug, showFolder }
}

it.each(['absolute', 'with ..'])('a removed run deletes no folder that its row names (%s)', (kind) => {
  const store = open()
  const folder = precious()
  const id = newRun(store)
  mkdirSync(join(runsOf(store), id), { recursive: true })
  hideRuns(store, [id], true, 0)
  const path = kind === 'absolute' ? folder : join('..', folder.slice(tmpdir().length))
  change(store, 'UPDATE runs SET folder = ?', path)
  const { onBug } = programOf(store)
  expect(isWhole(folder)).toBe(true)
  expect(existsSync(join(runsOf(store), id))).toBe(false)
  expect(listRuns(store)).toEqual([])
  expect(onBug).not.toHaveBeenCalled()
})

it('a removed run whose folder is a link, or whose runs are, deletes nothing there; the others are deleted', () => {
  const store = open()
  const folder = precious()
  const [linked, plain] = [newRun(store), newRun(store)]
  mkdirSync(join(runsOf(store), plain), { recursive: true })
  symlinkSync(folder, join(runsOf(store), linked))
  hideRuns(store, [linked, plain], true, 0)
  const { onBug } = programOf(store)
  expect(isWhole(folder)).toBe(true)
  expect(existsSync(join(runsOf(store), plain))).toBe(false)
  expect(onBug.mock.calls.map(([error]) => error.message)).toEqual([expect.stringMatching(/leads to .*precious/)])

  const other = open()
  const id = newRun(other)
  mkdirSync(join(folder, id))
  symlinkSync(folder, runsOf(other))
  hideRuns(other, [id], true, 0)
  programOf(other)
  expect(existsSync(join(folder, id))).toBe(true)
})

it('an id that leads elsewhere is not listed, and its removal deletes no files', () => {
  const store = open()
  const folder = precious()
  newRun(store)
  change(store, 'UPDATE runs SET id = ?, removes_files = 1', join('..', '..', folder.slice(tmpdir().length)))
  expect(listRuns(store)).toEqual([])
  change(store, 'UPDATE runs SET removed_at = 0')
  programOf(store)
  expect(isWhole(folder)).toBe(true)
})

it('the folder that is shown is the one of the id, and a link is refused', async () => {
  const store = open()
  const id = newRun(store)
  change(store, 'UPDATE runs SET folder = ?', precious())
  const { page, showFolder } = programOf(store)
  await expect(page.system.showRunFolder({ id })).rejects.toThrow(/has no folder yet/)
  mkdirSync(join(runsOf(store), id), { recursive: true })
  await page.system.showRunFolder({ id })
  expect(showFolder.mock.calls).toEqual([[join(runsOf(store), id)]])
  rmSync(join(runsOf(store), id), { recursive: true })
  symlinkSync(precious(), join(runsOf(store), id))
  await expect(page.system.showRunFolder({ id })).rejects.toThrow(/is a link or no folder/)
  expect(showFolder).toHaveBeenCalledTimes(1)
})

it('a checkpoint is a folder of its run: another path is none', () => {
  const store = open()
  const id = newRun(store)
  const folder = precious()
  for (const [iteration, path] of [folder, '../../precious', '.', ''].entries())
    insertCheckpoint(store, id, { iteration, path, bytes: 1, sha256: '', removed: [] })
  expect(listCheckpoints(store, id)).toEqual([])
  expect(errorOf(() => findModel(store, `run:${id}`)).code).toBe('notFound')
  expect(truncateAfter(store, id, -1).checkpoints).toEqual([])
})

it('a run is not resumed in a folder that is elsewhere', () => {
  const store = open()
  const id = newRun(store)
  const folder = precious()
  mkdirSync(runsOf(store))
  mkdirSync(join(folder, 'checkpoint-00000003'))
  symlinkSync(folder, join(runsOf(store), id))
  insertCheckpoint(store, id, { iteration: 3, path: 'checkpoint-00000003', bytes: 1, sha256: '', removed: [] })
  expect(errorOf(() => prepareResume(store, id)).message).toMatch(/link the whole folder of the database/)
  expect(existsSync(join(folder, 'checkpoint-00000003'))).toBe(true)
  expect(listCheckpoints(store, id)).toHaveLength(1)
})

it.each(['run', 'checkpoint'])(
  'a checkpoint behind a link in the place of the %s is neither read nor exported',
  (which) => {
    const store = open()
    const id = newRun(store)
    const folder = precious()
    const name = 'checkpoint-00000003'
    insertCheckpoint(store, id, { iteration: 3, path: name, bytes: 1, sha256: '', removed: [] })
    if (which === 'run') {
      mkdirSync(runsOf(store))
      mkdirSync(join(folder, name))
      symlinkSync(folder, join(runsOf(store), id))
    } else {
      mkdirSync(join(runsOf(store), id), { recursive: true })
      symlinkSync(folder, join(runsOf(store), id, name))
    }
    writeFileSync(join(runsOf(store), id, name, 'manifest.json'), '{}')
    const refused = /is a link or behind one, .*so it is not read: move the files there/
    expect(() => modelAt(store, getRun(store, id), 3)).toThrow(refused)
    expect(() => findModel(store, `run:${id}`)).toThrow(refused)
    expect(offeredCheckpoints(store, getRun(store, id))).toEqual([])
  },
)

it('a log that is a link is not read', () => {
  const store = open()
  const run = getRun(store, newRun(store))
  mkdirSync(run.folder, { recursive: true })
  symlinkSync(join(precious(), 'thesis.txt'), join(run.folder, 'trainer.log'))
  expect(runLog(run).text).toBe('')
})

it('old uploads are deleted, but not the files of a folder that is linked in their place', async () => {
  const store = open()
  const folder = precious()
  utimesSync(join(folder, 'thesis.txt'), 0, 0)
  symlinkSync(folder, join(dirname(store.file), 'imports'))
  await beginUpload(store, 'rows.jsonl', 10)
  expect(isWhole(folder)).toBe(true)
})
