/**
 * The run store at its stated size: 1,000,000 metric points over 20 names and 100,000 trajectories (6 steps, 7 states, 4 continuations)
 * in one file. Insert rates, size, the time to open the store and a run (must be under 1 s), the time of pages.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { listEvaluations } from '@main/store/evaluations'
import { metricSummaries, readSeries } from '@main/store/metrics'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { recordEvents } from '@main/store/record-events'
import { createRun, getRun, newRunId } from '@main/store/runs'
import { getTrajectory, listTrajectories, type PageRequest, trajectoriesOfRow } from '@main/store/trajectories'
import { truncateAfter } from '@main/store/truncate'
import type { TrainerEvent } from '@shared/schemas/events'
import { planSchema } from '@shared/schemas/plan'
import { evaluationOf, random, trajectoriesAt } from '../records'

const NAMES = 20
const ITERATIONS = 50_000
const PER_ITERATION = 2
const BATCH = 250

function metricsOf(iteration: number): TrainerEvent {
  const values = Object.fromEntries(Array.from({ length: NAMES }, (_, i) => [`group/metric_${i}`, random()]))
  return { type: 'metrics', iteration, values }
}

/** Milliseconds; the best of a few if the work can be repeated. */
function time(work: () => unknown, repeats = 1): number {
  const times = Array.from({ length: repeats }, () => {
    const from = performance.now()
    work()
    return performance.now() - from
  })
  return Number(Math.min(...times).toFixed(2))
}

/** Only the store is timed, not the creation of the events. */
function insert(store: Store, run: string, eventsAt: (iteration: number) => TrainerEvent[]): number {
  let ms = 0
  for (let start = 1; start <= ITERATIONS; start += BATCH) {
    const events = Array.from({ length: BATCH }, (_, i) => eventsAt(start + i)).flat()
    ms += time(() => recordEvents(store, run, events))
  }
  return ms
}

function openRun(file: string, run: string): Store {
  const store = openStore(file)
  getRun(store, run)
  metricSummaries(store, run)
  listEvaluations(store, run)
  listTrajectories(store, run)
  readSeries(store, run, 'group/metric_7', { buckets: 500 })
  return store
}

const PAGES: Readonly<Record<string, PageRequest>> = {
  newest: {},
  oldest: { order: 'oldest' },
  advantage: { order: 'advantage' },
  wrong: { filter: { statuses: ['wrong'] } },
  rewardRange: { filter: { reward: { min: 0.5, max: 0.75 } } },
  selective: { filter: { statuses: ['timeout'], minAdvantage: 0.99, position: { max: 0.1 } } },
  noMatch: { filter: { minAdvantage: 2 } },
  iteration: { filter: { iteration: 25_000 } },
  commonText: { filter: { text: 'remains after' } },
  rareText: { filter: { text: 'a = 17 + 17 = 34' } },
  absentText: { filter: { text: 'no such words' } },
}

/** The first page, and the one after the middle of the run. */
function pageTimes(store: Store, run: string): object {
  const timed = Object.entries(PAGES).map(([name, request]) => [
    name,
    time(() => listTrajectories(store, run, request), 3),
  ])
  const cursor = `newest ${ITERATIONS / 2} 0`
  return { ...Object.fromEntries(timed), middle: time(() => listTrajectories(store, run, { cursor }), 3) }
}

function measure(file: string): object {
  const plan = planSchema.parse({
    model: { path: 'bundled:tiny' },
    data: { train: { path: 'bundled:chain-arithmetic' } },
    objective: { kind: 'ppo' },
    budget: { iterations: ITERATIONS },
  })
  const first = openStore(file)
  const { id: run } = createRun(first, { id: newRunId(), name: 'bench', plan })
  const metricsMs = insert(first, run, (iteration) => [metricsOf(iteration)])
  const trajectoriesMs = insert(first, run, (iteration) => [trajectoriesAt(iteration, PER_ITERATION)])
  recordEvents(
    first,
    run,
    Array.from({ length: 501 }, (_, i) => evaluationOf(i * 100)),
  )
  const openWhileWritingMs = time(() => openRun(file, run).close())
  first.close()
  const bytes = statSync(file).size
  const opens = [0, 1, 2].map(() => time(() => openRun(file, run).close()))
  const store = openRun(file, run)
  const id = listTrajectories(store, run).rows[0]!.id
  const result = {
    metricPoints: NAMES * ITERATIONS,
    metricPointsPerSecond: Math.round((NAMES * ITERATIONS * 1000) / metricsMs),
    trajectories: PER_ITERATION * ITERATIONS,
    trajectoriesPerSecond: Math.round((PER_ITERATION * ITERATIONS * 1000) / trajectoriesMs),
    databaseMiB: Number((bytes / 2 ** 20).toFixed(1)),
    openWhileWritingMs,
    openRunMs: opens,
    isUnderOneSecond: Math.max(openWhileWritingMs, ...opens) < 1000,
    seriesMs: time(() => readSeries(store, run, 'group/metric_3', { buckets: 500 }), 3),
    wholeSeriesMs: time(() => readSeries(store, run, 'group/metric_3'), 3),
    pageMs: pageTimes(store, run),
    bodyMs: time(() => getTrajectory(store, id), 3),
    rowHistoryMs: time(() => trajectoriesOfRow(store, run, 7), 3),
    truncateTenthMs: time(() => truncateAfter(store, run, ITERATIONS * 0.9)),
    openAfterTruncationMs: time(() => openRun(file, run).close()),
  }
  store.close()
  return result
}

export async function run(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'gpo-bench-store-'))
  try {
    return measure(join(folder, 'runs.db'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await run(), null, 2))
