/** Runs whose database another process locks, or that cannot grow for a while: they pause and go on. */
import { join } from 'node:path'
import { offeredCheckpoints } from '@main/runs/on-disk'
import { newRun } from '@main/runs/prepare'
import { listCheckpoints } from '@main/store/checkpoints'
import { readSeries } from '@main/store/metrics'
import type { Store } from '@main/store/query'
import { getRun } from '@main/store/runs'
import type { Trainer } from '@main/workers/client'
import type { TrainerEvent } from '@shared/schemas/events'
import { expect, it } from 'vitest'
import { lockDatabase } from '../support/lock'
import { checkpointOf, type Deed, drive, iterationOf, open, plan, sends, temporaryHome } from '../support/scripted-run'

const finished = { type: 'finished', outcome: 'completed', iteration: 3 } as const
const losses = (store: Store, run: string) => readSeries(store, run, 'loss').iterations
const heldOf = (heard: readonly TrainerEvent[]) =>
  heard.flatMap((event) => (event.type === 'held' ? [event.reason] : []))

/** Trains when it is told to pause, and goes on only when it is told to. */
const HELD_TRAINING: Deed[] = [
  ...sends(...iterationOf(1)),
  { do: 'heed', command: 'pause' },
  ...sends(...iterationOf(2)),
  { do: 'heed', command: 'continue' },
  ...sends(...iterationOf(3), finished),
]

it('a run whose database another program locks is paused with a sentence, and goes on when the lock is gone', async () => {
  const file = join(temporaryHome(), 'runs.db')
  const store = open(file)
  const run = newRun(store, plan)
  const heard: TrainerEvent[] = []
  let longest = 0
  let looked = performance.now()
  const clock = setInterval(() => {
    longest = Math.max(longest, performance.now() - looked)
    looked = performance.now()
  }, 20)
  const unlock: { now?: () => Promise<void> } = {}
  const driven = drive(store, run, [{ do: 'wait', ms: 1500 }, ...HELD_TRAINING], {
    onStart: () => void lockDatabase(file).then((release) => (unlock.now = release)),
    onEvent: (event) => {
      heard.push(event)
      if (event.type === 'held' && event.reason !== null) void unlock.now?.()
    },
  })
  const ended = await driven
  clearInterval(clock)
  expect(ended).toMatchObject({ status: 'completed', error: null, owner: null })
  expect(losses(store, run.id)).toEqual([1, 2, 3])
  expect(heldOf(heard)).toEqual([expect.stringMatching(/runs\.db is locked by another program: .* The run is paused until then and goes on by itself/), null]) // biome-ignore format: one expectation
  expect(longest).toBeLessThan(2000) // the window answers all the while
})

it("a person's own pause lasts when the lock is gone", async () => {
  const file = join(temporaryHome(), 'runs.db')
  const store = open(file)
  const run = newRun(store, plan)
  const heard: TrainerEvent[] = []
  let trainer: Trainer | undefined
  const unlock: { now?: () => Promise<void> } = {}
  const ended = await drive(store, run, [{ do: 'wait', ms: 1500 }, ...HELD_TRAINING], {
    onStart: (started) => {
      trainer = started
      void lockDatabase(file).then((release) => (unlock.now = release))
    },
    onEvent: (event) => {
      heard.push(event)
      if (event.type !== 'held') return
      if (event.reason !== null) {
        trainer!.pause()
        void unlock.now?.()
      } else
        setTimeout(() => {
          expect(losses(store, run.id)).toEqual([1, 2])
          trainer!.resume()
        }, 500)
    },
  })
  expect(ended).toMatchObject({ status: 'completed' })
  expect(losses(store, run.id)).toEqual([1, 2, 3])
})

it('a run whose database cannot grow is paused, and goes on when there is room', async () => {
  const store = open()
  const run = newRun(store, plan)
  const many = Array.from({ length: 200 }, (_, i) => iterationOf(i + 1)).flat()
  const heard: TrainerEvent[] = []
  const allow = (pages: number) => store.db.pragma(`max_page_count = ${pages}`)
  const deeds: Deed[] = [...sends(...many), { do: 'heed', command: 'continue' }, ...sends(finished)]
  const ended = await drive(store, run, deeds, {
    onStart: () => allow(store.db.pragma('page_count', { simple: true }) as number),
    onEvent: (event) => {
      heard.push(event)
      if (event.type === 'held' && event.reason !== null) allow(1_000_000)
    },
  })
  expect(ended).toMatchObject({ status: 'completed', error: null })
  expect(losses(store, run.id)).toHaveLength(200)
  expect(heldOf(heard)).toEqual([
    expect.stringContaining('cannot grow because the disk is full: free some space'),
    null,
  ])
})

it('a run that is ended while the database is locked says what is on disk; that checkpoint is offered', async () => {
  const file = join(temporaryHome(), 'runs.db')
  const store = open(file)
  const run = newRun(store, plan)
  let trainer: Trainer | undefined
  let release = async () => {}
  const told = [...iterationOf(1), checkpointOf(run, 1)]
  const last = [...iterationOf(2), checkpointOf(run, 2)]
  const driven = drive(store, run, [...sends(...told), { do: 'wait', ms: 1500 }, ...sends(...last), { do: 'obey' }], {
    onStart: (started) => {
      trainer = started
    },
    onRecorded: () => {
      void lockDatabase(file).then((unlock) => (release = unlock))
    },
    onEvent: (event) => {
      if (event.type === 'held' && event.reason !== null) trainer!.kill()
    },
  })
  await expect(driven).rejects.toThrow(/is locked by another program: .* The checkpoint of iteration 1 is kept\. The checkpoint of iteration 2 is on disk, but the database could not record it\./) // biome-ignore format: one expectation
  await release()
  await expect
    .poll(() => getRun(store, run.id), { timeout: 5000 })
    .toMatchObject({ status: 'interrupted', owner: null })
  expect(getRun(store, run.id).error?.message).toContain('The checkpoint of iteration 2 is on disk')
  expect(offeredCheckpoints(store, getRun(store, run.id))).toMatchObject([{ iteration: 2 }])
  expect(listCheckpoints(store, run.id).map(({ iteration }) => iteration)).toEqual([1])
}, 60_000)
