/** Studies: their fixed documents, their states, and which run belongs to which combination. It does not know processes. */
import { GpoError } from '@shared/errors'
import type { RunError, RunOwner } from '@shared/schemas/run'
import { type Study, type StudyPlace, type StudyState, studySchema } from '@shared/schemas/study'
import { safeLine, shown } from '@shared/shown'
import type { Cell } from '@shared/study/cells'
import { jsonOf } from './json-column'
import { all, change, first, type Store, transaction } from './query'
import { newRunId, runKey } from './runs'

export interface StudyRecord {
  readonly id: string
  readonly name: string
  readonly document: Study
  readonly state: StudyState
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly error: RunError | null
  readonly owner: RunOwner | null
}

/** A combination of a study. */
export interface StoredCell extends Cell {
  readonly position: number
  /** Null before it has begun, and after its run was removed. */
  readonly run: string | null
  /** Why it will not run; null if it will. */
  readonly leftOut: string | null
}

interface Row {
  readonly id: string
  readonly name: string
  readonly document: string
  readonly state: StudyState
  readonly created_at: number
  readonly started_at: number | null
  readonly ended_at: number | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly owner_pid: number | null
  readonly owner_started_at: string | null
}

const COLUMNS =
  'id, name, document, state, created_at, started_at, ended_at, error_code, error_message, owner_pid, owner_started_at'

/** A study whose document may be none that this version can read. */
export type StudyHead = Omit<StudyRecord, 'document'> &
  ({ readonly document: Study } | { readonly document: null; readonly problem: string })

function storedDocument(
  text: string,
): { readonly document: Study } | { readonly document: null; readonly problem: string } {
  const parsed = studySchema.safeParse(jsonOf(text))
  if (parsed.success) return { document: parsed.data }
  const [issue] = parsed.error.issues
  const where = issue === undefined ? '' : ` (${safeLine(`${issue.path.join('.')}: ${issue.message}`, 300)})`
  return {
    document: null,
    problem: `Its document cannot be read by this version${where}: open it with the one that made it.`,
  }
}

function recordOf(row: Row): StudyRecord {
  const head = headOf(row)
  if (head.document === null) throw new GpoError('storage', `Study ${head.id} cannot be used. ${head.problem}`)
  return head
}

const headOf = (row: Row): StudyHead => ({
  id: row.id,
  name: row.name,
  ...storedDocument(row.document),
  state: row.state,
  createdAt: row.created_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
  owner: row.owner_pid === null ? null : { pid: row.owner_pid, startedAt: row.owner_started_at ?? '' },
})

/** Newest first. */
export const listStudies = (store: Store): StudyHead[] =>
  all<Row>(store, `SELECT ${COLUMNS} FROM studies ORDER BY created_at DESC, key DESC`).map(headOf)

/** Studies that a process has claimed. */
export const runningStudies = (store: Store): { readonly id: string; readonly owner: RunOwner }[] =>
  all<{ id: string; pid: number; started: string }>(
    store,
    `SELECT id, owner_pid AS pid, owner_started_at AS started FROM studies WHERE state = 'running' AND owner_pid IS NOT NULL`,
  ).map(({ id, pid, started }) => ({ id, owner: { pid, startedAt: started } }))

/** By id or name; null if there is none. @throws {GpoError} 'storage' if its document cannot be read */
export function findStudy(store: Store, wanted: string): StudyRecord | null {
  const row = studyRow(store, wanted)
  return row === undefined ? null : recordOf(row)
}

/** For what does not need its document. @throws {GpoError} 'notFound' */
export function getStudyHead(store: Store, wanted: string): StudyHead {
  const row = studyRow(store, wanted)
  if (row) return headOf(row)
  throw noSuchStudy(wanted)
}

const noSuchStudy = (wanted: string) =>
  new GpoError('notFound', `There is no study ${shown(wanted)}: \`gpo study --list\` lists them.`)

function studyRow(store: Store, wanted: string): Row | undefined {
  const sql = `SELECT ${COLUMNS} FROM studies WHERE id = ? OR name = ? ORDER BY id = ? DESC`
  return first<Row>(store, sql, wanted, wanted, wanted)
}

/** @throws {GpoError} 'notFound' */
export function getStudy(store: Store, id: string): StudyRecord {
  const found = findStudy(store, id)
  if (found) return found
  throw noSuchStudy(id)
}

/** A queued study with all its combinations. @throws {GpoError} 'usage' if there is one of this name */
export function createStudy(store: Store, document: Study, cells: readonly Cell[], now = Date.now()): StudyRecord {
  const id = newRunId(now)
  transaction(store, () => {
    if (findStudy(store, document.name))
      throw new GpoError('usage', `There is a study ${shown(document.name)} already: give this one another name.`)
    change(
      store,
      `INSERT INTO studies (id, name, document, state, created_at) VALUES (?, ?, ?, 'queued', ?)`,
      id,
      document.name,
      JSON.stringify(document),
      now,
    )
    const key = studyKey(store, id)
    const sql = 'INSERT INTO study_runs (study, position, task, arm, seed) VALUES (?, ?, ?, ?, ?)'
    for (const [position, { task, arm, seed }] of cells.entries()) change(store, sql, key, position, task, arm, seed)
  })
  return getStudy(store, id)
}

/** Its document has the new name too, so that a bundle of it has one name. @throws {GpoError} 'notFound', or 'usage' if another one has this name */
export function renameStudy(store: Store, id: string, name: string): void {
  transaction(store, () => {
    const other = first<{ id: string }>(store, 'SELECT id FROM studies WHERE name = ? AND id <> ?', name, id)
    if (other) throw new GpoError('usage', `There is a study ${shown(name)} already: give this one another name.`)
    const sql = `UPDATE studies SET name = ?, document = json_set(document, '$.name', ?) WHERE id = ?`
    if (change(store, sql, name, name, id) === 0) throw noSuchStudy(id)
  })
}

function studyKey(store: Store, id: string): number {
  const row = first<{ key: number }>(store, 'SELECT key FROM studies WHERE id = ?', id)
  if (row === undefined) throw new GpoError('notFound', `There is no study ${id}: it was removed.`)
  return row.key
}

/** In the order in which they run. */
export function studyCells(store: Store, id: string): StoredCell[] {
  return all<StoredCell>(
    store,
    `SELECT c.position, c.task, c.arm, c.seed, r.id AS run, c.left_out AS leftOut
       FROM study_runs AS c LEFT JOIN runs AS r ON r.key = c.run AND r.removed_at IS NULL
       WHERE c.study = ? ORDER BY c.position`,
    studyKey(store, id),
  )
}

/** Makes a run that of a combination. */
export function joinStudy(store: Store, id: string, position: number, run: string): void {
  const sql = 'UPDATE study_runs SET run = ? WHERE study = ? AND position = ?'
  change(store, sql, runKey(store, run), studyKey(store, id), position)
}

/** Leaves out combinations that have not begun. */
export function leaveOut(store: Store, id: string, { task, arm }: Omit<Cell, 'seed'>, why: string): void {
  const sql = 'UPDATE study_runs SET left_out = ? WHERE study = ? AND task = ? AND arm = ? AND run IS NULL'
  change(store, sql, why, studyKey(store, id), task, arm)
}

/**
 * Claims a study for a process: of two that try, one succeeds.
 * @throws {GpoError} 'usage' if it runs already
 */
export function claimStudy(store: Store, id: string, owner: RunOwner, now = Date.now()): void {
  const claimed = change(
    store,
    `UPDATE studies SET state = 'running', started_at = coalesce(started_at, ?), ended_at = NULL, error_code = NULL,
       error_message = NULL, owner_pid = ?, owner_started_at = ? WHERE id = ? AND state <> 'running'`,
    now,
    owner.pid,
    owner.startedAt,
    id,
  )
  if (claimed > 0) return
  const { owner: other } = getStudyHead(store, id)
  throw new GpoError('usage', `Study ${id} is already running, in process ${other?.pid}: pause it there first.`)
}

export interface StudyEnd {
  readonly state: 'paused' | 'done' | 'failed'
  readonly error?: RunError
}

/** Ends a study if `owner` still owns it. @returns whether it was ended */
export function endStudy(
  store: Store,
  id: string,
  owner: RunOwner,
  { state, error }: StudyEnd,
  now = Date.now(),
): boolean {
  const ended = change(
    store,
    `UPDATE studies SET state = ?, ended_at = ?, error_code = ?, error_message = ?, owner_pid = NULL, owner_started_at = NULL
       WHERE id = ? AND state = 'running' AND owner_pid = ? AND owner_started_at = ?`,
    state,
    now,
    error?.code ?? null,
    error?.message ?? null,
    id,
    owner.pid,
    owner.startedAt,
  )
  return ended > 0
}

/** Puts a study that is not running into the queue, or takes it out of it. */
export function setWaiting(store: Store, id: string, state: 'queued' | 'paused'): void {
  change(store, `UPDATE studies SET state = ?, ended_at = NULL WHERE id = ? AND state <> 'running'`, state, id)
}

/** Its runs stay. @throws {GpoError} 'usage' while it runs */
export function deleteStudy(store: Store, id: string): void {
  if (change(store, `DELETE FROM studies WHERE id = ? AND state <> 'running'`, id) > 0) return
  throw new GpoError('usage', `Study ${getStudyHead(store, id).id} is running: pause it before you remove it.`)
}

/** The places of runs in studies, by run. */
export function studyPlaces(store: Store): ReadonlyMap<string, StudyPlace> {
  const rows = all<StudyPlace & { readonly run: string }>(
    store,
    `SELECT r.id AS run, s.id AS study, s.name AS studyName, c.task, c.arm, c.seed
       FROM study_runs AS c JOIN runs AS r ON r.key = c.run JOIN studies AS s ON s.key = c.study`,
  )
  return new Map(rows.map(({ run, ...place }) => [run, place]))
}

/** The study that a run belongs to; null if it is a run of its own. */
export function studyOfRun(store: Store, run: string): string | null {
  const sql = `SELECT s.id FROM study_runs AS c JOIN runs AS r ON r.key = c.run JOIN studies AS s ON s.key = c.study WHERE r.id = ?`
  return first<{ id: string }>(store, sql, run)?.id ?? null
}
