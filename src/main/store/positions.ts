/** Where critical steps lie in a whole run, and samples of limited size of them. */
import type { CriticalPositions } from '@shared/contract/explorer'
import { advantagesOf } from '@shared/method/critical-step'
import type { KindStep } from '@shared/statistics/step-kinds'
import { all, first, type Store } from './query'
import { runKey } from './runs'
import { decodeBody } from './trajectory-body'

const COLUMNS = 60
const BINS = 10
const POINTS = 1500

interface Cell {
  readonly col: number
  readonly bin: number
  readonly count: number
}

export function criticalPositions(store: Store, run: string): CriticalPositions {
  const key = runKey(store, run)
  const facts = first<{ total: number; low: number | null; high: number | null }>(
    store,
    'SELECT count(position) AS total, min(iteration) AS low, max(iteration) AS high FROM trajectories WHERE run = ? AND position IS NOT NULL',
    key,
  )!
  if (facts.total === 0 || facts.low === null || facts.high === null) return { columns: [], points: [], total: 0 }
  const { low, high, total } = facts
  const width = Math.max(1, Math.ceil((high - low + 1) / COLUMNS))
  // Numbers of JavaScript are bound as real ones, and a division of those has a fraction.
  const cells = all<Cell>(
    store,
    `SELECT (iteration - CAST(? AS INTEGER)) / CAST(? AS INTEGER) AS col, min(cast(position * ${BINS} AS INTEGER), ${BINS - 1}) AS bin, count(*) AS count
       FROM trajectories WHERE run = ? AND position IS NOT NULL GROUP BY col, bin`,
    low,
    width,
    key,
  )
  const columns = Array.from({ length: Math.floor((high - low) / width) + 1 }, (_, col) => ({
    iteration: low + col * width,
    counts: new Array<number>(BINS).fill(0),
  }))
  for (const { col, bin, count } of cells) columns[col]!.counts[bin] = count
  const points = all<CriticalPositions['points'][number]>(
    store,
    'SELECT id, position, advantage FROM trajectories WHERE run = ? AND position IS NOT NULL AND advantage IS NOT NULL AND id % ? = 0 LIMIT ?',
    key,
    Math.max(1, Math.floor(total / POINTS)),
    2 * POINTS,
  )
  return { columns, points, total }
}

/** Trajectories whose steps are read for their kinds; a body takes about 0.1 ms. */
const BODIES = 1000

/** The steps of trajectories with a critical step, a sample that is spread over the run. */
export function kindSteps(store: Store, run: string): KindStep[] {
  const key = runKey(store, run)
  const { total } = first<{ total: number }>(
    store,
    'SELECT count(*) AS total FROM trajectories WHERE run = ? AND critical_step IS NOT NULL',
    key,
  )!
  const found = all<{ id: number; critical: number; body: Uint8Array }>(
    store,
    `SELECT t.id, t.critical_step AS critical, b.body FROM trajectories AS t JOIN trajectory_bodies AS b ON b.id = t.id
       WHERE t.run = ? AND t.critical_step IS NOT NULL AND t.id % ? = 0 LIMIT ?`,
    key,
    Math.max(1, Math.ceil(total / BODIES)),
    BODIES,
  )
  return found.flatMap(({ id, critical, body }) => {
    const { steps, states } = decodeBody(id, body)
    const advantages = advantagesOf(states)
    return steps.map(({ text }, i) => ({ text, isCritical: i === critical, advantage: advantages[i] ?? null }))
  })
}
