/** A data folder on a disk that cannot be written: its runs are shown and exported, and nothing pretends to be changed. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportRun } from '@main/export/export-run'
import { newRun, recoverInterrupted } from '@main/runs/prepare'
import { readSeries } from '@main/store/metrics'
import { openStore } from '@main/store/open'
import { getRun, listRuns, renameRun, startRun } from '@main/store/runs'
import { afterAll, describe, expect, it } from 'vitest'
import { iterationOf, plan, play, sends, temporaryHome } from '../support/scripted-run'
import { errorOf } from '../unit/store/fixtures'

/** A small file system, where that is permitted; otherwise null. */
function ownDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-disk-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', folder])
  afterAll(() => {
    if (status === 0) spawnSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  return status === 0 ? folder : null
}

const disk = process.platform === 'linux' ? ownDisk() : null

describe.skipIf(disk === null)('a data folder on a read-only disk', () => {
  it('is opened, its runs are read and exported, and a change is refused with a cure', async () => {
    const home = temporaryHome()
    const writing = openStore(join(home, 'runs.db'))
    const { id } = await play(
      writing,
      sends(...iterationOf(1), { type: 'finished', outcome: 'completed', iteration: 1 }),
    )
    startRun(writing, newRun(writing, plan).id, { pid: 2 ** 22 + 1, startedAt: '5' }) // its process is gone
    // Copied while it is open: the newest records are in the write-ahead log only, as after a crash.
    for (const name of ['runs.db', 'runs.db-wal']) copyFileSync(join(home, name), join(disk!, name))
    writing.close()
    expect(spawnSync('mount', ['-o', 'remount,ro', disk!]).status).toBe(0)
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('gpo-view-'))
    const store = openStore(join(disk!, 'runs.db'))
    expect(store.isReadOnly).toBe(true)
    expect(recoverInterrupted(store)).toEqual([])
    expect(listRuns(store)).toHaveLength(2)
    expect(readSeries(store, id, 'loss')).toEqual({ iterations: [1], values: [0.125] })
    const error = errorOf(() => renameRun(store, id, 'other'))
    expect(error.code).toBe('storage')
    expect(error.message).toMatch(
      /cannot be written: give yourself write permission .*, or copy the folder to another disk/,
    )
    const out = join(temporaryHome(), 'run.gpo')
    const context = {
      store,
      run: getRun(store, id),
      out,
      replaces: false,
      trajectories: 2,
      version: '0.1.0',
      workerPath: 'none',
      readRows: async () => ({ train: [], evaluation: [] }),
    }
    const exported = await exportRun(
      { ...context, signal: new AbortController().signal, onProgress: () => {} },
      { format: 'bundle' },
    )
    expect(exported.count).toBe(2)
    store.close()
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('gpo-view-'))).toEqual(before) // the copy is gone
    spawnSync('mount', ['-o', 'remount,rw', disk!])
  })
})
