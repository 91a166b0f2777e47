/** The computer's clock is set while the program runs. */
import { createRunManager } from '@main/runs/manager'
import { newRun } from '@main/runs/prepare'
import type { Store } from '@main/store/query'
import { hideRuns, restoreRuns } from '@main/store/run-notes'
import { listRuns } from '@main/store/runs'
import { afterEach, expect, it, onTestFinished, vi } from 'vitest'
import { drive, iterationOf, open, plan, sends } from '../../support/scripted-run'

const HOUR = 3_600_000
afterEach(() => void vi.useRealTimers())
function managerOf(store: Store) {
  const manager = createRunManager({ store, workerPath: 'none', onBug: (error) => expect.unreachable(String(error)) })
  onTestFinished(() => manager.close())
  return manager
}
const jump = (ms: number) => {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(Date.now() + ms)
}

it.each([48 * HOUR, -48 * HOUR])('by %i ms: a run that was just removed can still be restored', (ms) => {
  const store = open()
  const run = newRun(store, plan)
  const manager = managerOf(store)
  hideRuns(store, [run.id], true)
  jump(ms)
  manager.purge(HOUR)
  restoreRuns(store, [run.id])
  expect(listRuns(store).map(({ id }) => id)).toEqual([run.id])
})

it('without a jump, a run that was removed long ago is deleted', () => {
  const store = open()
  const [old, fresh] = [newRun(store, plan), newRun(store, plan)]
  const manager = managerOf(store)
  hideRuns(store, [old.id], true, Date.now() - 2 * HOUR)
  hideRuns(store, [fresh.id], true)
  manager.purge(HOUR)
  restoreRuns(store, [old.id, fresh.id])
  expect(listRuns(store).map(({ id }) => id)).toEqual([fresh.id])
})

it.each([48 * HOUR, -48 * HOUR])('by %i ms while a run trains: it has worked as long as it has', async (ms) => {
  const store = open()
  const finished = { type: 'finished', outcome: 'completed', iteration: 1 }
  const run = newRun(store, plan)
  const begin = performance.now()
  const ended = await drive(store, run, [...sends(...iterationOf(1)), { do: 'wait', ms: 300 }, ...sends(finished)], {
    onEvent: ({ type }) => type === 'metrics' && jump(ms),
  })
  expect(ended.workedMs).toBeGreaterThanOrEqual(300)
  expect(ended.workedMs).toBeLessThanOrEqual(performance.now() - begin)
})
