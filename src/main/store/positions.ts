/** Where critical steps lie in a whole run: counts and a sample of limited size. */
import type { CriticalPositions } from '@shared/contract/explorer'
import { all, first, type Store } from './query'
import { runKey } from './runs'

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
  const cells = all<Cell>(
    store,
    `SELECT (iteration - ?) / ? AS col, min(cast(position * ${BINS} AS INTEGER), ${BINS - 1}) AS bin, count(*) AS count
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
