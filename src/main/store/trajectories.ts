/** Trajectories with their steps, states, critical step and continuations: batches are written, pages of summaries and single bodies are read. */
import type { NewerTrajectories, PromptElsewhere } from '@shared/contract/explorer'
import { GpoError } from '@shared/errors'
import type {
  StoredTrajectory,
  TrajectoryFilter,
  TrajectoryOrder,
  TrajectoryPage,
  TrajectoryRow,
} from '@shared/schemas/run'
import type { CriticalRecord, TrajectoryRecord } from '@shared/schemas/trajectory'
import { z } from 'zod'
import { foundText } from './found-text'
import { jsonColumn } from './json-column'
import { all, change, first, type Store, statement, transaction } from './query'
import { runKey } from './runs'
import { continuationLines, decodeBody, encodeBody } from './trajectory-body'
import { afterCursor, conditionsOf, cursorAt, ORDERINGS } from './trajectory-filter'
import { searchable } from './word-query'

/** 0 = first step, 1 = last. */
function positionOf({ critical, steps }: TrajectoryRecord): number | null {
  if (critical === null) return null
  return steps.length > 1 ? critical.step / (steps.length - 1) : 0
}

/** One transaction. @throws if the run already has a trajectory of that iteration and index */
export function insertTrajectories(store: Store, run: string, trajectories: readonly TrajectoryRecord[]): void {
  transaction(store, () => {
    const key = runKey(store, run)
    const light = statement(
      store,
      `INSERT INTO trajectories (run, iteration, item, row, tokens, reward, status, steps, continuations,
         rule, critical_step, advantage, confidence, position, engine, policy_version)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    const texts = statement(store, 'INSERT INTO trajectory_texts VALUES (?, ?, ?, ?, ?, ?)')
    const bodies = statement(store, 'INSERT INTO trajectory_bodies VALUES (?, ?)')
    const words = statement(
      store,
      'INSERT INTO trajectory_words (rowid, prompt, completion, continuations) VALUES (?, ?, ?, ?)',
    )
    for (const t of trajectories) {
      const { lastInsertRowid: id } = light.run(
        ...[key, ...lightColumns(t), ...criticalColumns(t.critical), positionOf(t)],
        ...[t.sampled?.engine ?? null, t.sampled?.version ?? null],
      )
      texts.run(id, t.prompt, t.reference, t.text, t.extracted, JSON.stringify(t.states.map(({ value }) => value)))
      bodies.run(id, encodeBody(t))
      words.run(id, searchable(t.prompt), searchable(t.text), searchable(continuationLines(t.continuations)))
    }
  })
}

const lightColumns = (t: TrajectoryRecord) =>
  [t.iteration, t.index, t.row, t.tokens, t.reward, t.status, t.steps.length, t.continuations.length] as const

const criticalColumns = (critical: CriticalRecord | null) =>
  critical === null
    ? ([null, null, null, null] as const)
    : ([critical.rule, critical.step, critical.advantage, critical.confidence] as const)

interface CriticalColumns {
  readonly rule: CriticalRecord['rule'] | null
  readonly critical_step: number
  readonly advantage: number
  readonly confidence: number
}

type LightRow = Omit<TrajectoryRow, 'critical' | 'values'> & CriticalColumns & { readonly state_values: string }

const LIGHT = `SELECT t.id, t.iteration, t.item AS "index", t.row, t.tokens, t.reward, t.status, x.extracted, t.steps, t.continuations,
  t.rule, t.critical_step, t.advantage, t.confidence, t.position, x.state_values, substr(x.text, 1, 160) AS excerpt
  FROM trajectories AS t JOIN trajectory_texts AS x ON x.id = t.id`

const criticalOf = ({ rule, critical_step: step, advantage, confidence }: CriticalColumns): CriticalRecord | null =>
  rule === null ? null : { rule, step, advantage, confidence }

const valuesSchema = z.array(z.number().nullable())

function rowOf(light: LightRow): TrajectoryRow {
  const { rule: _, critical_step, advantage, confidence, state_values, ...row } = light
  return { ...row, critical: criticalOf(light), values: jsonColumn(state_values, valuesSchema, []) }
}

export interface PageRequest {
  readonly filter?: TrajectoryFilter
  readonly order?: TrajectoryOrder
  /** `next` of the page before. */
  readonly cursor?: string
  readonly limit?: number
}

/**
 * One page, `newest` first unless asked otherwise. Pages do not shift while a run adds trajectories.
 * @throws {GpoError} 'usage' for a cursor of another order, 'notFound' for the run
 */
export function listTrajectories(store: Store, run: string, request: PageRequest = {}): TrajectoryPage {
  const { filter = {}, order = 'newest', cursor, limit = 50 } = request
  const conditions = [
    { sql: 't.run = ?', params: [runKey(store, run)] },
    ...conditionsOf(filter),
    ...(order === 'advantage' ? [{ sql: 't.magnitude IS NOT NULL', params: [] }] : []),
    ...(cursor === undefined ? [] : [afterCursor(order, cursor)]),
  ]
  const where = conditions.map(({ sql }) => sql).join(' AND ')
  const sql = `${LIGHT} WHERE ${where} ORDER BY ${ORDERINGS[order].orderBy} LIMIT ?`
  const found = all<LightRow>(store, sql, ...conditions.flatMap(({ params }) => params), limit + 1).map(rowOf)
  const rows = found.slice(0, limit).map((row) => withFound(store, row, filter.text))
  const next = found.length > limit ? cursorAfter(order, rows[limit - 1]!) : null
  return { rows, next, newest: newestTrajectory(store, run) }
}

function withFound(store: Store, row: TrajectoryRow, text: string | undefined): TrajectoryRow {
  const found = text ? foundText(store, row.id, text) : null
  return found ? { ...row, found } : row
}

function newestTrajectory(store: Store, run: string): number | null {
  const sql = 'SELECT id FROM trajectories WHERE run = ? ORDER BY iteration DESC, item DESC LIMIT 1'
  return first<{ id: number }>(store, sql, runKey(store, run))?.id ?? null
}

/** Of the trajectories that fit the filter and were recorded after `after`. */
export function newerTrajectories(
  store: Store,
  run: string,
  filter: TrajectoryFilter,
  after: number,
): NewerTrajectories {
  const conditions = [{ sql: 't.run = ? AND t.id > ?', params: [runKey(store, run), after] }, ...conditionsOf(filter)]
  const sql = `SELECT count(*) AS count, max(t.id) AS newest FROM trajectories AS t JOIN trajectory_texts AS x ON x.id = t.id
    WHERE ${conditions.map((condition) => condition.sql).join(' AND ')}`
  return first<NewerTrajectories>(store, sql, ...conditions.flatMap(({ params }) => params))!
}

const cursorAfter = (order: TrajectoryOrder, { iteration, index, critical }: TrajectoryRow): string =>
  cursorAt(order, { iteration, index, magnitude: Math.abs(critical?.advantage ?? 0) })

/** One prompt over training: every trajectory of a row of the data, in order. */
export function trajectoriesOfRow(store: Store, run: string, row: number): TrajectoryRow[] {
  const sql = `${LIGHT} WHERE t.run = ? AND t.row = ? ORDER BY t.iteration, t.item`
  return all<LightRow>(store, sql, runKey(store, run), row).map(rowOf)
}

/** Other runs of which the same prompt is shown. */
const MAX_RUNS = 20

/** The same row with the same prompt in other runs, newest run first. */
export function samePromptElsewhere(store: Store, id: number): PromptElsewhere[] {
  const found = all<LightRow & { readonly run: string; readonly name: string }>(
    store,
    `SELECT r.id AS run, r.name, l.* FROM runs AS r
       JOIN trajectories AS o ON o.run = r.key
       JOIN trajectory_texts AS p ON p.id = o.id
       JOIN (SELECT t.run AS key, t.row AS wanted, x.prompt FROM trajectories AS t JOIN trajectory_texts AS x ON x.id = t.id WHERE t.id = ?) AS q
         ON o.row = q.wanted AND p.prompt = q.prompt AND o.run <> q.key
       JOIN (${LIGHT}) AS l ON l.id = o.id
       WHERE r.removed_at IS NULL ORDER BY r.key DESC, o.iteration, o.item`,
    id,
  )
  const runs = new Map<string, { readonly name: string; readonly rows: TrajectoryRow[] }>()
  for (const { run, name, ...row } of found) {
    const group = runs.get(run) ?? { name, rows: [] }
    runs.set(run, group)
    group.rows.push(rowOf(row))
  }
  return [...runs].slice(0, MAX_RUNS).map(([run, group]) => ({ run, ...group }))
}

type WholeRow = Pick<
  StoredTrajectory,
  'id' | 'iteration' | 'index' | 'row' | 'prompt' | 'reference' | 'text' | 'tokens'
> &
  Pick<StoredTrajectory, 'reward' | 'status' | 'extracted'> &
  CriticalColumns & { readonly body: Uint8Array }

/** One trajectory, complete. @throws {GpoError} 'notFound' */
export function getTrajectory(store: Store, id: number): StoredTrajectory {
  const whole = first<WholeRow>(
    store,
    `SELECT t.id, t.iteration, t.item AS "index", t.row, x.prompt, x.reference, x.text, t.tokens, t.reward, t.status, x.extracted,
       t.rule, t.critical_step, t.advantage, t.confidence, b.body
       FROM trajectories AS t JOIN trajectory_texts AS x ON x.id = t.id JOIN trajectory_bodies AS b ON b.id = t.id WHERE t.id = ?`,
    id,
  )
  if (whole === undefined)
    throw new GpoError('notFound', `There is no trajectory ${id}: it may have been replayed; reload the list.`)
  const { rule: _, critical_step, advantage, confidence, body, ...rest } = whole
  return { ...rest, critical: criticalOf(whole), ...decodeBody(id, body) }
}

/** For `truncateAfter`'s transaction. */
export function truncateTrajectories(store: Store, key: number, iteration: number): number {
  return change(store, 'DELETE FROM trajectories WHERE run = ? AND iteration > ?', key, iteration)
}

export function countTrajectories(store: Store, run: string): number {
  const sql = 'SELECT count(*) AS count FROM trajectories WHERE run = ?'
  return first<{ count: number }>(store, sql, runKey(store, run))!.count
}
