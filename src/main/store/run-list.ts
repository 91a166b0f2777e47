/** The table of runs: each with its best and last accuracy and a thumbnail of its loss, without reading its curves. */
import type { MetricName } from '@shared/metrics'
import type { RunListItem } from '@shared/schemas/run'
import { all, first, type Store } from './query'
import { allRunNotes } from './run-notes'
import { listRuns } from './runs'
import { studyPlaces } from './studies'

const SPARKLINE = 40
/** Names of the loss, by objective; the first one that a run has is drawn. */
const LOSSES: readonly string[] = ['loss', 'loss/policy_avg'] satisfies MetricName[]

interface Plans {
  readonly id: string
  readonly model: string
  readonly data: string
}

interface Accuracies {
  readonly id: string
  readonly evaluated: number
  readonly base: number | null
  readonly best: number | null
  readonly last: number | null
}

interface Loss {
  readonly id: string
  readonly run: number
  readonly name: number
  readonly label: string
  readonly last: number
  readonly count: number
  /** Changes when the series changes. */
  readonly stamp: string
}

/** Newest first. */
export function runList(store: Store): RunListItem[] {
  const notes = allRunNotes(store)
  const plans = byId(
    all<Plans>(store, `SELECT id, plan ->> '$.model.path' AS model, plan ->> '$.data.train.path' AS data FROM runs`),
  )
  const accuracies = byId(all<Accuracies>(store, ACCURACIES))
  const places = studyPlaces(store)
  const losses = byId(all<Loss>(store, LOSS_SERIES).sort((a, b) => LOSSES.indexOf(b.label) - LOSSES.indexOf(a.label)))
  return listRuns(store).map((run) => {
    const accuracy = accuracies.get(run.id)
    const loss = losses.get(run.id)
    return {
      ...run,
      ...notes.get(run.id)!,
      model: plans.get(run.id)!.model,
      data: plans.get(run.id)!.data,
      baseAccuracy: accuracy?.base ?? null,
      bestAccuracy: accuracy?.best ?? null,
      lastAccuracy: accuracy?.last ?? null,
      evaluated: accuracy?.evaluated ?? 0,
      lossSparkline: loss ? thumbnailOf(store, loss) : [],
      study: places.get(run.id) ?? null,
    }
  })
}

const byId = <T extends { readonly id: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.id, row]))

const ACCURACIES = `SELECT r.id, max(e.n) AS evaluated,
    max(CASE WHEN e.iteration = 0 THEN e.accuracy END) AS base, max(e.accuracy) AS best,
    (SELECT accuracy FROM evaluations WHERE run = r.key ORDER BY iteration DESC LIMIT 1) AS last
  FROM runs AS r JOIN evaluations AS e ON e.run = r.key GROUP BY r.key`

const LOSS_SERIES = `SELECT r.id, s.run, s.name, n.name AS label, s.last_iteration AS last, s.count,
    concat_ws(' ', s.name, s.last_iteration, s.count, s.last, s.min, s.max) AS stamp
  FROM metric_summaries AS s JOIN metric_names AS n ON n.id = s.name JOIN runs AS r ON r.key = s.run
  WHERE n.name IN (${LOSSES.map((name) => `'${name}'`).join(', ')})`

interface Thumbnail {
  readonly stamp: string
  readonly values: readonly number[]
}

/** By run; a series whose summary is the same is not read again. */
const drawn = new WeakMap<Store, Map<string, Thumbnail>>()

function thumbnailOf(store: Store, { stamp, ...loss }: Loss): readonly number[] {
  const thumbnails = drawn.get(store) ?? new Map<string, Thumbnail>()
  drawn.set(store, thumbnails)
  const known = thumbnails.get(loss.id)
  if (known?.stamp === stamp) return known.values
  const values = readThumbnail(store, loss)
  thumbnails.set(loss.id, { stamp, values })
  return values
}

interface LossPoint {
  readonly iteration: number
  readonly value: number
}

/** Series up to this length are read whole, longer ones by a search in the index per point. */
const SHORT = 10 * SPARKLINE

/** One point per fortieth of the run. */
function readThumbnail(store: Store, { run, name, last, count }: Omit<Loss, 'stamp'>): number[] {
  const sql = 'SELECT iteration, value FROM metrics WHERE run = ? AND name = ? AND iteration >= ? ORDER BY iteration'
  if (count > SHORT) return thin(last, (from) => first<LossPoint>(store, `${sql} LIMIT 1`, run, name, from))
  const points = all<LossPoint>(store, sql, run, name, 0)
  let at = 0
  return thin(last, (from) => {
    while (at < points.length && points[at]!.iteration < from) at++
    return points[at]
  })
}

/** @param pointFrom the first point at an iteration or after it */
function thin(last: number, pointFrom: (iteration: number) => LossPoint | undefined): number[] {
  const values: number[] = []
  let next = 0
  while (next <= last && values.length < SPARKLINE) {
    const point = pointFrom(next)
    if (point === undefined) break
    values.push(point.value)
    next = Math.max(point.iteration + 1, Math.ceil(((values.length + 1) * last) / SPARKLINE))
  }
  return values
}
