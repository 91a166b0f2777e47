/** The table of runs: each with its best and last accuracy and a thumbnail of its reward, without reading its curves. */
import { bestEvaluation, type Measured } from '@shared/best-evaluation'
import type { MetricName } from '@shared/metrics'
import type { RunListItem } from '@shared/schemas/run'
import { planValue } from './json-column'
import { all, first, type Store } from './query'
import { allRunNotes } from './run-notes'
import { listRuns } from './runs'
import { studyPlaces } from './studies'

const SPARKLINE = 40
const REWARD: MetricName = 'reward'
/** The first one that a run has is drawn: its reward, else its loss, which objectives name in two ways. */
const CURVES: readonly string[] = [REWARD, 'loss', 'loss/policy_avg'] satisfies MetricName[]

interface Plans {
  readonly id: string
  readonly model: string | null
  readonly data: string | null
}

interface Curve {
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
    all<Plans>(
      store,
      `SELECT id, ${planValue('$.model.path')} AS model, ${planValue('$.data.train.path')} AS data FROM runs`,
    ),
  )
  const evaluated = evaluationsByRun(store)
  const places = studyPlaces(store)
  const curves = byId(all<Curve>(store, CURVE_SERIES).sort((a, b) => CURVES.indexOf(b.label) - CURVES.indexOf(a.label)))
  return listRuns(store).map((run) => {
    const evaluations = evaluated.get(run.id) ?? []
    const curve = curves.get(run.id)
    return {
      ...run,
      ...notes.get(run.id)!,
      model: run.planProblem === null ? (plans.get(run.id)?.model ?? '') : '',
      data: run.planProblem === null ? (plans.get(run.id)?.data ?? '') : '',
      base: evaluations.find(({ iteration }) => iteration === 0) ?? null,
      best: bestEvaluation(evaluations),
      last: evaluations.at(-1) ?? null,
      curve: curve ? { isReward: curve.label === REWARD, values: thumbnailOf(store, curve) } : null,
      study: places.get(run.id) ?? null,
    }
  })
}

const byId = <T extends { readonly id: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.id, row]))

interface Evaluated extends Measured {
  readonly id: string
}

const EVALUATIONS = `SELECT r.id, e.iteration, e.correct, e.n FROM evaluations AS e JOIN runs AS r ON r.key = e.run
  ORDER BY e.run, e.iteration`

function evaluationsByRun(store: Store): ReadonlyMap<string, readonly Measured[]> {
  const byRun = new Map<string, Measured[]>()
  for (const { id, ...measured } of all<Evaluated>(store, EVALUATIONS)) {
    const known = byRun.get(id)
    if (known) known.push(measured)
    else byRun.set(id, [measured])
  }
  return byRun
}

const CURVE_SERIES = `SELECT r.id, s.run, s.name, n.name AS label, s.last_iteration AS last, s.count,
    concat_ws(' ', s.name, s.last_iteration, s.count, s.last, s.min, s.max) AS stamp
  FROM metric_summaries AS s JOIN metric_names AS n ON n.id = s.name JOIN runs AS r ON r.key = s.run
  WHERE n.name IN (${CURVES.map((name) => `'${name}'`).join(', ')})`

interface Thumbnail {
  readonly stamp: string
  readonly values: readonly number[]
}

/** By run; a series whose summary is the same is not read again. */
const drawn = new WeakMap<Store, Map<string, Thumbnail>>()

function thumbnailOf(store: Store, { stamp, ...curve }: Curve): readonly number[] {
  const thumbnails = drawn.get(store) ?? new Map<string, Thumbnail>()
  drawn.set(store, thumbnails)
  const known = thumbnails.get(curve.id)
  if (known?.stamp === stamp) return known.values
  const values = readThumbnail(store, curve)
  thumbnails.set(curve.id, { stamp, values })
  return values
}

interface CurvePoint {
  readonly iteration: number
  readonly value: number
}

/** Series up to this length are read whole, longer ones by a search in the index per point. */
const SHORT = 10 * SPARKLINE

/** One point per fortieth of the run. */
function readThumbnail(store: Store, { run, name, last, count }: Omit<Curve, 'stamp'>): number[] {
  const sql = 'SELECT iteration, value FROM metrics WHERE run = ? AND name = ? AND iteration >= ? ORDER BY iteration'
  if (count > SHORT) return thin(last, (from) => first<CurvePoint>(store, `${sql} LIMIT 1`, run, name, from))
  const points = all<CurvePoint>(store, sql, run, name, 0)
  let at = 0
  return thin(last, (from) => {
    while (at < points.length && points[at]!.iteration < from) at++
    return points[at]
  })
}

/** @param pointFrom the first point at an iteration or after it */
function thin(last: number, pointFrom: (iteration: number) => CurvePoint | undefined): number[] {
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
