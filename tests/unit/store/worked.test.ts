/** How long a run has worked: without the time in which nobody worked on it. */
import { recoverInterrupted } from '@main/runs/prepare'
import { recordEvents } from '@main/store/record-events'
import { endRun, getRun, startRun } from '@main/store/runs'
import { expect, test } from 'vitest'
import { newRun, open } from './fixtures'

/** Above the largest process id. */
const gone = { pid: 2 ** 22 + 1, startedAt: '5' }
const metrics = (iteration: number) => [{ type: 'metrics', iteration, values: { loss: 1 } }] as const

test('a stop and a resumption leave out what is between them', () => {
  const store = open()
  const id = newRun(store)
  startRun(store, id, gone, 1000)
  expect(getRun(store, id)).toMatchObject({ workedMs: 0, resumedAt: 1000 })
  endRun(store, id, gone, { status: 'stopped' }, 4000)
  startRun(store, id, gone, 1_000_000)
  expect(getRun(store, id)).toMatchObject({ workedMs: 3000, resumedAt: 1_000_000, startedAt: 1000 })
  endRun(store, id, gone, { status: 'completed' }, 1_002_000)
  expect(getRun(store, id)).toMatchObject({ workedMs: 5000, resumedAt: null, startedAt: 1000, endedAt: 1_002_000 })
})

test('a run whose process died worked until something was last recorded', () => {
  const store = open()
  const id = newRun(store)
  startRun(store, id, gone, 1000)
  recordEvents(store, id, metrics(1), 9000)
  expect(recoverInterrupted(store)).toEqual([id])
  expect(getRun(store, id)).toMatchObject({ status: 'interrupted', workedMs: 8000, endedAt: 9000 })
})
