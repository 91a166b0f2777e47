/** Runs: create, start, end, list. It does not know processes; a run's owner is just two values to store and compare. */
import { randomBytes } from 'node:crypto'
import { isRunId, runFolder } from '@main/paths/run-folder'
import { GpoError } from '@shared/errors'
import type { Plan } from '@shared/schemas/plan'
import type { RunError, RunOwner, RunRecord, RunStatus, RunSummary } from '@shared/schemas/run'
import { z } from 'zod'
import { jsonColumn } from './json-column'
import { planFacts, readPlan } from './plans'
import { all, change, first, type Store } from './query'

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz'
const EPOCH_MS = Date.UTC(2020, 0, 1)

const base32 = (value: number, digits: number): string =>
  Array.from({ length: digits }, (_, i) => BASE32[Math.floor(value / 32 ** (digits - 1 - i)) % 32]).join('')

/** 11 characters: 8 of time in milliseconds (until 2054), 3 random; sorted as text they are sorted by time. */
export const newRunId = (now = Date.now()): string =>
  base32(Math.max(0, now - EPOCH_MS), 8) + base32(randomBytes(2).readUInt16BE(), 3)

interface Row {
  readonly id: string
  readonly name: string
  readonly status: RunStatus
  readonly plan: string
  readonly created_at: number
  readonly started_at: number | null
  readonly ended_at: number | null
  readonly iteration: number
  readonly iterations: number
  readonly error_code: string | null
  readonly error_message: string | null
  readonly owner_pid: number | null
  readonly owner_started_at: string | null
  readonly is_read_only: number
  readonly worked_ms: number
  readonly resumed_at: number | null
}

const COLUMNS = `id, name, status, plan, created_at, started_at, ended_at, iteration, iterations, error_code, error_message, owner_pid, owner_started_at, is_read_only,
  worked_ms, resumed_at`

/** Null for a number that is no time, which no calendar can show. */
const timeOf = (ms: number | null): number | null => (ms !== null && Math.abs(ms) <= 8.64e15 ? ms : null)

function summaryOf(store: Store, row: Row): RunSummary {
  const { objective, criticalStep, problem } = planFacts(store, row.id, row.plan)
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    objective,
    criticalStep,
    planProblem: problem,
    createdAt: timeOf(row.created_at) ?? 0,
    startedAt: timeOf(row.started_at),
    endedAt: timeOf(row.ended_at),
    workedMs: row.worked_ms,
    resumedAt: row.resumed_at,
    iteration: row.iteration,
    iterations: row.iterations,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    folder: runFolder(store.file, row.id),
    owner: row.owner_pid === null ? null : { pid: row.owner_pid, startedAt: row.owner_started_at ?? '' },
    isReadOnly: row.is_read_only === 1,
  }
}

function noSuchRun(id: string): GpoError {
  return new GpoError('notFound', `There is no run ${id}: list the runs to see their ids.`)
}

/** The key of a run in other tables. @throws {GpoError} 'notFound' */
export function runKey(store: Store, id: string): number {
  const row = first<{ key: number }>(store, 'SELECT key FROM runs WHERE id = ?', id)
  if (row === undefined) throw noSuchRun(id)
  return row.key
}

export interface NewRun {
  /** From `newRunId`. */
  readonly id: string
  readonly name: string
  readonly plan: Plan
}

/** A queued run. Its folder is stored for other programs; here it always comes from the id. */
export function createRun(store: Store, { id, name, plan }: NewRun, now = Date.now()): RunRecord {
  change(
    store,
    `INSERT INTO runs (id, name, status, plan, created_at, iterations, folder) VALUES (?, ?, 'queued', ?, ?, ?, ?)`,
    id,
    name,
    JSON.stringify(plan),
    now,
    plan.budget.iterations,
    `runs/${id}`,
  )
  return getRun(store, id)
}

const environmentSchema = z.record(z.string(), z.union([z.string(), z.number()])).nullable()

/** Without its plan, which this version may not be able to read. @throws {GpoError} 'notFound' */
export function getRunSummary(store: Store, id: string): RunSummary {
  const row = first<Row>(store, `SELECT ${COLUMNS} FROM runs WHERE id = ?`, id)
  if (row === undefined || !isRunId(id)) throw noSuchRun(id)
  return summaryOf(store, row)
}

/** @throws {GpoError} 'notFound', 'storage' if its plan cannot be read */
export function getRun(store: Store, id: string): RunRecord {
  const row = first<Row & { environment: string | null }>(
    store,
    `SELECT ${COLUMNS}, environment FROM runs WHERE id = ?`,
    id,
  )
  if (row === undefined || !isRunId(id)) throw noSuchRun(id)
  const read = readPlan(row.plan)
  if ('problem' in read) throw new GpoError('storage', `Run ${id} cannot be used. ${read.problem}`)
  const environment = row.environment === null ? null : jsonColumn(row.environment, environmentSchema, null)
  const { plan } = read
  const method = { objective: plan.objective.kind, criticalStep: plan.gpo.criticalStep }
  return { ...summaryOf(store, row), ...method, plan, environment }
}

/** Newest first, without removed ones that could still be restored, and without ids that no version makes. */
export function listRuns(store: Store, { statuses }: { readonly statuses?: readonly RunStatus[] } = {}): RunSummary[] {
  const where = `WHERE removed_at IS NULL ${statuses === undefined ? '' : 'AND status IN (SELECT value FROM json_each(?))'}`
  const params = statuses === undefined ? [] : [JSON.stringify(statuses)]
  const rows = all<Row>(store, `SELECT ${COLUMNS} FROM runs ${where} ORDER BY created_at DESC, key DESC`, ...params)
  return rows.filter(({ id }) => isRunId(id)).map((row) => summaryOf(store, row))
}

/**
 * Claims a run for a process: of two that try, one succeeds.
 * @throws {GpoError} 'usage' if it runs already, 'notFound'
 */
export function startRun(store: Store, id: string, owner: RunOwner, now = Date.now()): void {
  const claimed = change(
    store,
    `UPDATE runs SET status = 'running', started_at = coalesce(started_at, ?), resumed_at = ?, seen_at = ?, ended_at = NULL, error_code = NULL,
       error_message = NULL, owner_pid = ?, owner_started_at = ? WHERE id = ? AND status <> 'running' AND is_read_only = 0`,
    now,
    now,
    now,
    owner.pid,
    owner.startedAt,
    id,
  )
  if (claimed > 0) return
  refuseReadOnly(store, id)
  throw runningAlready(getRunSummary(store, id))
}

/** @throws {GpoError} 'usage' for a run that was imported, 'notFound' */
export function refuseReadOnly(store: Store, id: string): void {
  if (!getRunSummary(store, id).isReadOnly) return
  const cure = 'start a new run with its plan'
  throw new GpoError('usage', `Run ${id} was imported from another installation and is read-only: ${cure}.`)
}

const runningAlready = ({ id, owner }: RunSummary) =>
  new GpoError('usage', `Run ${id} is already running, in process ${owner?.pid}: stop it there first.`)

/** @throws {GpoError} 'usage' if it runs, 'notFound' */
export function refuseRunning(store: Store, id: string): void {
  const run = getRunSummary(store, id)
  if (run.status === 'running') throw runningAlready(run)
}

/** Back into the queue, to be started or resumed later. */
export function queueRun(store: Store, id: string): void {
  refuseReadOnly(store, id)
  if (change(store, `UPDATE runs SET status = 'queued', ended_at = NULL WHERE id = ? AND status <> 'running'`, id) > 0)
    return
  throw new GpoError('usage', `Run ${getRunSummary(store, id).id} is already running: stop it first.`)
}

export interface RunEnd {
  readonly status: 'completed' | 'stopped' | 'interrupted' | 'failed'
  readonly error?: RunError
  /** Milliseconds since it was last started, by a clock that cannot jump; without it the difference of the times counts. */
  readonly workedMs?: number
}

/**
 * Ends a run if `owner` still owns it, so that a run that another process has claimed in the meantime is not changed.
 * @returns whether it was ended
 */
export function endRun(
  store: Store,
  id: string,
  owner: RunOwner,
  { status, error, workedMs }: RunEnd,
  now = Date.now(),
): boolean {
  const ended = change(
    store,
    `UPDATE runs SET status = ?, ended_at = ?, worked_ms = worked_ms + coalesce(?, max(0, ? - coalesce(resumed_at, ?))), resumed_at = NULL, error_code = ?, error_message = ?, owner_pid = NULL, owner_started_at = NULL
       WHERE id = ? AND status = 'running' AND owner_pid = ? AND owner_started_at = ?`,
    status,
    now,
    workedMs === undefined ? null : Math.round(workedMs),
    now,
    now,
    error?.code ?? null,
    error?.message ?? null,
    id,
    owner.pid,
    owner.startedAt,
  )
  return ended > 0
}

/** When something of the run was last recorded; null if it never ran. */
export const lastSeen = (store: Store, id: string): number | null =>
  first<{ seen_at: number | null }>(store, 'SELECT seen_at FROM runs WHERE id = ?', id)?.seen_at ?? null

export function renameRun(store: Store, id: string, name: string): void {
  if (change(store, 'UPDATE runs SET name = ? WHERE id = ?', name, id) === 0) throw noSuchRun(id)
}

/** Deletes a run and all its records. The caller must delete its folder. */
export function deleteRun(store: Store, id: string): void {
  if (change(store, `DELETE FROM runs WHERE id = ? AND status <> 'running'`, id) > 0) return
  throw new GpoError('usage', `Run ${getRunSummary(store, id).id} is running: stop it before you delete it.`)
}
