/** Metrics: points in, series and summaries out. A summary is kept with each series, so that opening a run reads no points. */
import { GpoError } from '@shared/errors'
import type { MetricsEvent } from '@shared/schemas/events'
import type { MetricSummary, Series } from '@shared/schemas/run'
import { downsample, type Point } from './downsample'
import { all, change, first, type Store, statement, transaction } from './query'
import { runKey } from './runs'

type MetricsBatch = readonly Pick<MetricsEvent, 'iteration' | 'values'>[]

interface Gathered {
  readonly id: number
  last: number
  lastIteration: number
  min: number
  max: number
  count: number
  /** A point of the batch replaced an older one, so the summary must be computed again. */
  isStale: boolean
}

function nameId(store: Store, name: string): number {
  change(store, 'INSERT INTO metric_names (name) VALUES (?) ON CONFLICT DO NOTHING', name)
  return first<{ id: number }>(store, 'SELECT id FROM metric_names WHERE name = ?', name)!.id
}

function gather(into: Map<string, Gathered>, store: Store, name: string): Gathered {
  const known = into.get(name)
  if (known !== undefined) return known
  const empty = { last: 0, lastIteration: -1, min: Infinity, max: -Infinity, count: 0, isStale: false }
  const fresh = { id: nameId(store, name), ...empty }
  into.set(name, fresh)
  return fresh
}

function addPoint(series: Gathered, iteration: number, value: number): void {
  series.count++
  series.min = Math.min(series.min, value)
  series.max = Math.max(series.max, value)
  if (iteration < series.lastIteration) return
  series.last = value
  series.lastIteration = iteration
}

/** One transaction. A point replaces an existing one of the same iteration. */
export function insertMetrics(store: Store, run: string, batch: MetricsBatch): void {
  transaction(store, () => {
    const key = runKey(store, run)
    const series = new Map<string, Gathered>()
    const insert = statement(
      store,
      'INSERT INTO metrics (run, name, iteration, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    const replace = statement(store, 'UPDATE metrics SET value = ? WHERE run = ? AND name = ? AND iteration = ?')
    for (const { iteration, values } of batch) {
      for (const [name, value] of Object.entries(values)) {
        if (!Number.isFinite(value)) refuseValue(run, name, iteration, value)
        const gathered = gather(series, store, name)
        if (insert.run(key, gathered.id, iteration, value).changes > 0) addPoint(gathered, iteration, value)
        else {
          replace.run(value, key, gathered.id, iteration)
          gathered.isStale = true
        }
      }
    }
    for (const gathered of series.values()) {
      if (gathered.isStale) rebuildSummary(store, key, gathered.id)
      else addToSummary(store, key, gathered)
    }
  })
}

function refuseValue(run: string, name: string, iteration: number, value: number): never {
  const where = `Metric ${name} of run ${run}, iteration ${iteration}`
  throw new GpoError('storage', `${where}, is ${value}: only finite numbers are stored; leave it out.`)
}

function addToSummary(store: Store, key: number, { id, last, lastIteration, min, max, count }: Gathered): void {
  change(
    store,
    `INSERT INTO metric_summaries (run, name, last, last_iteration, min, max, count) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (run, name) DO UPDATE SET
         last = iif(excluded.last_iteration >= last_iteration, excluded.last, last),
         last_iteration = max(last_iteration, excluded.last_iteration),
         min = min(min, excluded.min), max = max(max, excluded.max), count = count + excluded.count`,
    key,
    id,
    last,
    lastIteration,
    min,
    max,
    count,
  )
}

/** Reads the whole series. */
function rebuildSummary(store: Store, key: number, id: number): void {
  change(store, 'DELETE FROM metric_summaries WHERE run = ? AND name = ?', key, id)
  change(
    store,
    `INSERT INTO metric_summaries (run, name, last, last_iteration, min, max, count)
       SELECT s.run, s.name, m.value, s.last_iteration, s.min, s.max, s.count
       FROM (SELECT run, name, max(iteration) AS last_iteration, min(value) AS min, max(value) AS max, count(*) AS count
               FROM metrics WHERE run = ? AND name = ? GROUP BY run, name) AS s
       JOIN metrics AS m ON m.run = s.run AND m.name = s.name AND m.iteration = s.last_iteration`,
    key,
    id,
  )
}

/** Deletes the points after an iteration and repairs the summaries of the affected series. For `truncateAfter`'s transaction. */
export function truncateMetrics(store: Store, key: number, iteration: number): number {
  const sql = 'SELECT name FROM metric_summaries WHERE run = ? AND last_iteration > ?'
  const names = all<{ name: number }>(store, sql, key, iteration)
  let deleted = 0
  for (const { name } of names) {
    deleted += change(store, 'DELETE FROM metrics WHERE run = ? AND name = ? AND iteration > ?', key, name, iteration)
    rebuildSummary(store, key, name)
  }
  return deleted
}

/** By name. */
export function metricSummaries(store: Store, run: string): MetricSummary[] {
  return all<MetricSummary>(
    store,
    `SELECT n.name, s.last, s.last_iteration AS lastIteration, s.min, s.max, s.count
       FROM metric_summaries AS s JOIN metric_names AS n ON n.id = s.name WHERE s.run = ? ORDER BY n.name`,
    runKey(store, run),
  )
}

export interface SeriesOptions {
  /** First and last iteration, both included. */
  readonly from?: number
  readonly to?: number
  /** At most 2 × buckets points: the smallest and the largest of each. */
  readonly buckets?: number
}

interface Row {
  readonly iteration: number
  readonly value: number
}

const FROM_SERIES = 'FROM metrics WHERE run = ? AND name = ? AND iteration BETWEEN ? AND ?'

/** One metric over the iterations; empty if the run does not have it. */
export function readSeries(store: Store, run: string, name: string, options: SeriesOptions = {}): Series {
  const { from = 0, to = Number.MAX_SAFE_INTEGER, buckets = Infinity } = options
  const id = first<{ id: number }>(store, 'SELECT id FROM metric_names WHERE name = ?', name)?.id
  if (id === undefined) return { iterations: [], values: [] }
  const series: SeriesKey = [runKey(store, run), id]
  const points = isLong(store, series, from, to, buckets)
    ? extremePoints(store, series, from, to, buckets)
    : all<Row>(store, `SELECT iteration, value ${FROM_SERIES} ORDER BY iteration`, ...series, from, to)
  return downsample(
    points.map(({ iteration, value }): Point => [iteration, value]),
    buckets,
  )
}

type SeriesKey = readonly [run: number, name: number]

/** From this many points per bucket on, two queries per bucket are faster than reading all points. */
const MANY = 64

/** True where there are many times as many points as will be kept. */
function isLong(store: Store, series: SeriesKey, from: number, to: number, buckets: number): boolean {
  if (!Number.isFinite(buckets)) return false
  const enough = MANY * buckets
  const sql = `SELECT count(*) AS count FROM (SELECT 1 ${FROM_SERIES} LIMIT ?)`
  return first<{ count: number }>(store, sql, ...series, from, to, enough)!.count === enough
}

/** The points that `downsample` would keep of a long series, without reading the others from the database. */
function extremePoints(store: Store, series: SeriesKey, from: number, to: number, buckets: number): Row[] {
  const end = (order: 'ASC' | 'DESC') =>
    first<Row>(store, `SELECT iteration ${FROM_SERIES} ORDER BY iteration ${order} LIMIT 1`, ...series, from, to)!
      .iteration
  const [start, stop] = [end('ASC'), end('DESC')]
  const width = (stop - start + 1) / buckets
  const edge = (bucket: number) => Math.ceil(start + bucket * width)
  return Array.from({ length: buckets }, (_, bucket) => {
    const within = [...series, edge(bucket), bucket === buckets - 1 ? stop : edge(bucket + 1) - 1] as const
    // With a single min() or max(), SQLite takes the other columns from the row with that value.
    const low = first<Row>(store, `SELECT iteration, min(value) AS value ${FROM_SERIES}`, ...within)!
    if (low.iteration === null) return []
    const high = first<Row>(store, `SELECT iteration, max(value) AS value ${FROM_SERIES}`, ...within)!
    if (low.iteration === high.iteration) return [low]
    return low.iteration < high.iteration ? [low, high] : [high, low]
  }).flat()
}
