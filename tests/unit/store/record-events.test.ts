import { join } from 'node:path'
import { listCheckpoints } from '@main/store/checkpoints'
import { listEvaluations } from '@main/store/evaluations'
import { metricSummaries, readSeries } from '@main/store/metrics'
import { followedPrompts, probeIterations, probesOf } from '@main/store/probes'
import type { Store } from '@main/store/query'
import { recordEvents } from '@main/store/record-events'
import { getRun } from '@main/store/runs'
import { getTrajectory, listTrajectories } from '@main/store/trajectories'
import { truncateAfter } from '@main/store/truncate'
import type { TrainerEvent } from '@shared/schemas/events'
import { describe, expect, it } from 'vitest'
import { errorOf, newRun, open, tempFolder, trajectory } from './fixtures'

const statuses = { correct: 3, wrong: 1, unparseable: 0, truncated: 0, timeout: 0 }
const problems = { rows: '0-3', right: '1101' }
const evaluation = (iteration: number) => ({
  iteration,
  n: 4,
  correct: 3,
  accuracy: 0.75,
  statuses,
  meanTokens: 12.5,
  problems,
})
const checkpoint = (iteration: number) => ({
  iteration,
  path: `checkpoint-0000000${iteration}`,
  bytes: 100,
  sha256: 'ab',
})

const probes = (iteration: number) => ({
  iteration,
  probes: [3, 7].map((row) => ({
    ...{ row, prompt: `question ${row}`, reference: '4', text: `answer ${iteration}`, tokens: 5 },
    ...{ status: row > iteration ? ('wrong' as const) : ('correct' as const), extracted: null },
  })),
})

const iterationOf = (iteration: number, removed: readonly string[] = []): TrainerEvent[] => [
  { type: 'phase', iteration, iterations: 70, phase: 'update', done: 1, total: 1, tokens: 5, seconds: 0.1 },
  { type: 'metrics', iteration, values: { loss: 1 / iteration, kl: iteration } },
  { type: 'trajectories', trajectories: [trajectory(iteration, 0), trajectory(iteration, 1)] },
  { type: 'evaluation', ...evaluation(iteration) },
  { type: 'probes', ...probes(iteration) },
  { type: 'checkpoint', ...checkpoint(iteration), removed },
]

/** Everything that can be read of a run. Numbers of rows are left out: they may differ after a replay. */
const everything = (store: Store, run: string) => ({
  run: getRun(store, run),
  summaries: metricSummaries(store, run),
  loss: readSeries(store, run, 'loss'),
  evaluations: listEvaluations(store, run),
  checkpoints: listCheckpoints(store, run),
  followed: followedPrompts(store, run),
  probes: probeIterations(store, run).map((iteration) => probesOf(store, run, iteration)),
  trajectories: listTrajectories(store, run).rows.map(({ id }) => ({ ...getTrajectory(store, id), id: 0 })),
})

describe('a batch of events', () => {
  it('is stored, and moves the run on', () => {
    const store = open()
    const run = newRun(store)
    recordEvents(store, run, [{ type: 'environment', environment: { backend: 'onnx', threads: 2 } }])
    recordEvents(store, run, [{ type: 'evaluation', ...evaluation(0) }, ...iterationOf(1), ...iterationOf(2)])
    expect(getRun(store, run)).toMatchObject({ iteration: 2, environment: { backend: 'onnx', threads: 2 } })
    expect(readSeries(store, run, 'loss')).toEqual({ iterations: [1, 2], values: [1, 0.5] })
    expect(listEvaluations(store, run)).toEqual([evaluation(0), evaluation(1), evaluation(2)])
    expect(listCheckpoints(store, run)).toEqual([checkpoint(1), checkpoint(2)])
    expect(probesOf(store, run, 2)).toEqual(probes(2).probes)
    expect(followedPrompts(store, run)[0]).toMatchObject({
      row: 3,
      prompt: 'question 3',
      verdicts: [{ iteration: 1 }, { iteration: 2 }],
    })
    expect(listTrajectories(store, run).rows).toHaveLength(4)
  })

  it('forgets the checkpoints that the retention rule removed', () => {
    const store = open()
    const run = newRun(store)
    recordEvents(store, run, [...iterationOf(1), ...iterationOf(2), ...iterationOf(3, ['checkpoint-00000001'])])
    expect(listCheckpoints(store, run).map(({ iteration }) => iteration)).toEqual([2, 3])
  })

  it('is stored wholly or not at all', () => {
    const store = open()
    const run = newRun(store)
    recordEvents(store, run, iterationOf(1))
    const before = everything(store, run)
    const twice: TrainerEvent = { type: 'trajectories', trajectories: [trajectory(2, 5), trajectory(2, 0)] }
    expect(() => recordEvents(store, run, [...iterationOf(2, ['checkpoint-00000001']), twice])).toThrow('UNIQUE')
    expect(everything(store, run)).toEqual(before)
    recordEvents(store, run, iterationOf(2))
    expect(getRun(store, run).iteration).toBe(2)
  })

  it('of a run that is not there is refused', () => {
    expect(errorOf(() => recordEvents(open(), 'nope', iterationOf(1))).code).toBe('notFound')
  })

  it('says that the disk is full, and what to do, and keeps what was there', () => {
    const store = open()
    const run = newRun(store)
    recordEvents(store, run, iterationOf(1))
    const before = everything(store, run)
    const pages = store.db.pragma('page_count', { simple: true })
    store.db.pragma(`max_page_count = ${pages}`)
    const long = Array.from({ length: 200 }, (_, i) => trajectory(2, i, { text: 'a long text '.repeat(100) }))
    const error = errorOf(() => recordEvents(store, run, [{ type: 'trajectories', trajectories: long }]))
    expect(error.code).toBe('storage')
    expect(error.message).toContain(`${store.file} cannot grow because the disk is full`)
    expect(everything(store, run)).toEqual(before)
  })

  it('waits for another writer and reports it if that one does not finish', () => {
    const file = join(tempFolder(), 'runs.db')
    const [writer, other] = [open(file), open(file)]
    const run = newRun(writer)
    other.db.pragma('busy_timeout = 20')
    writer.db.exec('BEGIN IMMEDIATE')
    const error = errorOf(() => recordEvents(other, run, iterationOf(1)))
    expect(error.code).toBe('storage')
    expect(error.message).toContain('is locked by another program')
    writer.db.exec('COMMIT')
    recordEvents(other, run, iterationOf(1))
    expect(getRun(writer, run).iteration).toBe(1)
  })
})

describe('two connections', () => {
  it('let a reader see all of the batches that are stored and nothing of the one being written', () => {
    const file = join(tempFolder(), 'runs.db')
    const [writer, reader] = [open(file), open(file)]
    const run = newRun(writer)
    recordEvents(writer, run, iterationOf(1))
    const before = everything(reader, run)
    writer.db.exec('BEGIN IMMEDIATE')
    recordEvents(writer, run, iterationOf(2))
    expect(getRun(writer, run).iteration).toBe(2)
    expect(everything(reader, run)).toEqual(before)
    writer.db.exec('COMMIT')
    expect(everything(reader, run)).toEqual(everything(writer, run))
    expect(getRun(reader, run).iteration).toBe(2)
  })

  it('let a reader finish with the state it began with while a writer goes on', () => {
    const file = join(tempFolder(), 'runs.db')
    const [writer, reader] = [open(file), open(file)]
    const run = newRun(writer)
    recordEvents(writer, run, iterationOf(1))
    reader.db.exec('BEGIN')
    const before = everything(reader, run)
    recordEvents(writer, run, iterationOf(2))
    truncateAfter(writer, run, 0)
    expect(everything(reader, run)).toEqual(before)
    reader.db.exec('COMMIT')
    expect(listTrajectories(reader, run).rows).toEqual([])
  })
})

describe('truncating', () => {
  it('deletes what came after, in this run only, and says how much', () => {
    const store = open()
    const [run, other] = [newRun(store), newRun(store, 'other')]
    for (const each of [run, other])
      recordEvents(
        store,
        each,
        [1, 2, 3].flatMap((iteration) => iterationOf(iteration)),
      )
    const untouched = everything(store, other)
    expect(truncateAfter(store, run, 1)).toEqual({
      metrics: 4,
      trajectories: 4,
      evaluations: 2,
      checkpoints: ['checkpoint-00000002', 'checkpoint-00000003'],
    })
    expect(getRun(store, run).iteration).toBe(1)
    expect(store.db.prepare('SELECT count(*) FROM trajectory_bodies').pluck().get()).toBe(2 + 6)
    expect(everything(store, other)).toEqual(untouched)
  })

  it('and a replay give what an uninterrupted run gives', () => {
    const store = open()
    const run = newRun(store)
    const events = [1, 2, 3].flatMap((iteration) => iterationOf(iteration))
    recordEvents(store, run, events)
    const whole = everything(store, run)
    truncateAfter(store, run, 1)
    recordEvents(
      store,
      run,
      [2, 3].flatMap((iteration) => iterationOf(iteration)),
    )
    expect(everything(store, run)).toEqual(whole)
  })
})
