/** Evaluations that a person asked for, and their rows. It does not know processes. */
import {
  type Outcome,
  type Pairing,
  type RowPage,
  type RowPairPage,
  type StoredRequest,
  storedRequestSchema,
} from '@shared/contract/evaluations'
import { GpoError } from '@shared/errors'
import {
  askedSettingsSchema,
  type EvaluatedRow,
  type EvaluationResult,
  type EvaluationState,
  type EvaluationSummary,
  evaluationResultSchema,
} from '@shared/schemas/evaluation'
import type { RunOwner } from '@shared/schemas/run'
import { verifierSchema } from '@shared/schemas/verifier'
import { shown } from '@shared/shown'
import type { PairedCounts } from '@shared/statistics/mcnemar'
import { z } from 'zod'
import { jsonOf } from './json-column'
import { all, change, first, type SqlValue, type Store, statement, transaction } from './query'
import { newRunId } from './runs'

interface Row {
  readonly id: string
  readonly state: EvaluationState
  readonly model: string
  readonly data: string
  readonly settings: string
  readonly created_at: number
  readonly error: string | null
  readonly result: string | null
}

const COLUMNS = 'id, state, model, data, settings, created_at, error, result'

const recordSchema = z.object({
  settings: askedSettingsSchema,
  result: evaluationResultSchema.nullable(),
})

const UNREADABLE = 'It cannot be read: it is damaged, or was made by another version. Evaluate the model again.'
/** In the place of settings that cannot be read; the evaluation then counts as failed. */
const NO_SETTINGS = {
  verifier: verifierSchema.parse({ kind: 'exact' }),
  ...{ template: '{prompt}', chatTemplate: false, limit: null, samples: 0, temperature: 1, maxNewTokens: 1, seed: 0 },
}

function summaryOf({ id, state, model, data, created_at, error, ...row }: Row): EvaluationSummary {
  const result = row.result === null ? null : jsonOf(row.result)
  const record = recordSchema.safeParse({ settings: jsonOf(row.settings), result })
  const about = { id, model, data, createdAt: created_at }
  if (record.success) return { ...about, state, error, ...record.data }
  return { ...about, state: 'failed', error: UNREADABLE, settings: NO_SETTINGS, result: null }
}

/** Newest first. */
export const listModelEvaluations = (store: Store): EvaluationSummary[] =>
  all<Row>(store, `SELECT ${COLUMNS} FROM model_evaluations ORDER BY key DESC`).map(summaryOf)

/** @throws {GpoError} 'notFound' */
export function getModelEvaluation(store: Store, id: string): EvaluationSummary {
  const row = first<Row>(store, `SELECT ${COLUMNS} FROM model_evaluations WHERE id = ?`, id)
  if (row) return summaryOf(row)
  throw new GpoError('notFound', `There is no evaluation ${shown(id)}: it was removed.`)
}

/** As it was asked for, to ask again. @throws {GpoError} 'notFound', or 'usage' for one that was not made in the window */
export function requestOf(store: Store, id: string): StoredRequest {
  const row = first<{ request: string | null }>(store, 'SELECT request FROM model_evaluations WHERE id = ?', id)
  if (row?.request === null)
    throw new GpoError('usage', 'This evaluation was made in a terminal: repeat the command `gpo eval` there.')
  if (row) return parsedRequest(row.request)
  throw new GpoError('notFound', `There is no evaluation ${shown(id)}: it was removed.`)
}

function parsedRequest(text: string): StoredRequest {
  const { success, data } = storedRequestSchema.safeParse(jsonOf(text))
  if (success) return data
  throw new GpoError('storage', 'What was asked for cannot be read (it is damaged, or of another version): ask anew.')
}

export interface NewEvaluation extends Pick<EvaluationSummary, 'model' | 'data' | 'settings'> {
  /** Null: it was not made in the window. */
  readonly request: StoredRequest | null
}

/** A queued evaluation of this process. @returns its id */
export function createModelEvaluation(
  store: Store,
  { model, data, settings, request }: NewEvaluation,
  owner: RunOwner,
  now = Date.now(),
): string {
  const id = newRunId(now)
  change(
    store,
    `INSERT INTO model_evaluations (id, state, model, data, request, settings, created_at, owner_pid, owner_started_at)
       VALUES (?, 'queued', ?, ?, ?, ?, ?, ?, ?)`,
    id,
    model,
    data,
    request === null ? null : JSON.stringify(request),
    JSON.stringify(settings),
    now,
    owner.pid,
    owner.startedAt,
  )
  return id
}

export function setEvaluationState(
  store: Store,
  id: string,
  state: Exclude<EvaluationState, 'done'>,
  error: string | null = null,
): void {
  change(store, 'UPDATE model_evaluations SET state = ?, error = ? WHERE id = ?', state, error, id)
}

/** Its rows and its result, together. */
export function finishEvaluation(
  store: Store,
  id: string,
  result: EvaluationResult,
  rows: readonly EvaluatedRow[],
): void {
  transaction(store, () => {
    const key = first<{ key: number }>(store, 'SELECT key FROM model_evaluations WHERE id = ?', id)?.key
    if (key === undefined) return // removed meanwhile
    const insert = statement(
      store,
      `INSERT INTO evaluated_rows (evaluation, row, prompt, reference, completion, tokens, status, extracted, sampled_correct, majority, majority_correct)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    for (const { row, prompt, reference, completion, tokens, status, extracted, sampled } of rows)
      insert.run(
        key,
        row,
        prompt,
        reference,
        completion,
        tokens,
        status,
        extracted,
        sampled?.correct ?? null,
        sampled?.majority ?? null,
        sampled === null ? null : Number(sampled.isMajorityCorrect),
      )
    change(
      store,
      `UPDATE model_evaluations SET state = 'done', error = NULL, result = ? WHERE key = ?`,
      JSON.stringify(result),
      key,
    )
  })
}

export const removeModelEvaluation = (store: Store, id: string): void =>
  void change(store, 'DELETE FROM model_evaluations WHERE id = ?', id)

/** Evaluations that wait or run, with their processes. */
export const openEvaluations = (store: Store): { readonly id: string; readonly owner: RunOwner }[] =>
  all<{ id: string; pid: number; started: string }>(
    store,
    `SELECT id, owner_pid AS pid, owner_started_at AS started FROM model_evaluations WHERE state IN ('queued', 'running')`,
  ).map(({ id, pid, started }) => ({ id, owner: { pid, startedAt: started } }))

interface AnswerRow extends Omit<EvaluatedRow, 'sampled'> {
  readonly sampled_correct: number | null
  readonly majority: string | null
  readonly majority_correct: number | null
}

const answerOf = ({ sampled_correct, majority, majority_correct, ...row }: AnswerRow): EvaluatedRow => ({
  ...row,
  sampled:
    sampled_correct === null ? null : { correct: sampled_correct, majority, isMajorityCorrect: majority_correct === 1 },
})

const ANSWER = ['row', 'prompt', 'reference', 'completion', 'tokens', 'status', 'extracted'] as const
const SAMPLED = ['sampled_correct', 'majority', 'majority_correct'] as const
const columnsOf = (table: string, prefix = '') =>
  [...ANSWER, ...SAMPLED].map((name) => `${table}.${name} AS ${prefix}${name}`).join(', ')

const OUTCOME_SQL: Readonly<Record<Outcome, string>> = {
  all: 'TRUE',
  correct: `a.status = 'correct'`,
  wrong: `a.status = 'wrong'`,
  noAnswer: `a.status NOT IN ('correct', 'wrong')`,
}

export interface Search {
  readonly text: string
  readonly offset: number
  readonly limit: number
}

/** In which any of the columns has the text, in any case. */
function textCondition(
  text: string,
  columns: readonly string[],
): { readonly sql: string; readonly params: SqlValue[] } {
  if (text === '') return { sql: 'TRUE', params: [] }
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  return {
    sql: `(${columns.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR ')})`,
    params: columns.map(() => pattern),
  }
}

/** In the data's order. */
export function evaluatedRows(
  store: Store,
  id: string,
  { outcome, text, offset, limit }: Search & { readonly outcome: Outcome },
): RowPage {
  const found = textCondition(text, ['a.prompt', 'a.completion', 'a.reference'])
  const from = `FROM evaluated_rows AS a JOIN model_evaluations AS e ON e.key = a.evaluation
    WHERE e.id = ? AND ${OUTCOME_SQL[outcome]} AND ${found.sql}`
  const params = [id, ...found.params]
  return {
    total: first<{ n: number }>(store, `SELECT count(*) AS n ${from}`, ...params)?.n ?? 0,
    rows: all<AnswerRow>(
      store,
      `SELECT ${columnsOf('a')} ${from} ORDER BY a.row LIMIT ? OFFSET ?`,
      ...params,
      limit,
      offset,
    ).map(answerOf),
  }
}

/** Rows that both have: the same number, prompt and reference. */
const PAIRED = `FROM evaluated_rows AS a JOIN model_evaluations AS e ON e.key = a.evaluation AND e.id = ?
  JOIN model_evaluations AS f ON f.id = ?
  JOIN evaluated_rows AS b ON b.evaluation = f.key AND b.row = a.row AND b.prompt = a.prompt AND b.reference = a.reference`

const A = `a.status = 'correct'`
const B = `b.status = 'correct'`
const PAIRING_SQL: Readonly<Record<Pairing, string>> = {
  both: `${A} AND ${B}`,
  onlyFirst: `${A} AND NOT ${B}`,
  onlySecond: `NOT ${A} AND ${B}`,
  neither: `NOT ${A} AND NOT ${B}`,
}

export function pairedCounts(store: Store, one: string, other: string): PairedCounts {
  const sums = (Object.keys(PAIRING_SQL) as Pairing[])
    .map((pairing) => `coalesce(sum(${PAIRING_SQL[pairing]}), 0) AS ${pairing}`)
    .join(', ')
  return first<PairedCounts>(store, `SELECT ${sums} ${PAIRED}`, one, other) as PairedCounts // sums always give a row
}

/** Correct samples of the rows that both have samples of. */
export const pairedSamples = (
  store: Store,
  one: string,
  other: string,
): readonly { readonly first: number; readonly second: number }[] =>
  all(
    store,
    `SELECT a.sampled_correct AS first, b.sampled_correct AS second ${PAIRED}
       WHERE a.sampled_correct IS NOT NULL AND b.sampled_correct IS NOT NULL ORDER BY a.row`,
    one,
    other,
  )

type JoinedRow = Readonly<Record<string, never>>

/** The columns of one of the two, without their prefix. */
const sideOf = (row: JoinedRow, prefix: string): AnswerRow =>
  Object.fromEntries([...ANSWER, ...SAMPLED].map((name) => [name, row[`${prefix}${name}`]])) as unknown as AnswerRow

export function rowPairs(
  store: Store,
  { first: one, second: other }: { readonly first: string; readonly second: string },
  { pairing, text, offset, limit }: Search & { readonly pairing: Pairing | 'all' },
): RowPairPage {
  const found = textCondition(text, ['a.prompt', 'a.completion', 'b.completion', 'a.reference'])
  const where = `WHERE ${pairing === 'all' ? 'TRUE' : PAIRING_SQL[pairing]} AND ${found.sql}`
  const params = [one, other, ...found.params]
  return {
    total: first<{ n: number }>(store, `SELECT count(*) AS n ${PAIRED} ${where}`, ...params)?.n ?? 0,
    pairs: all<JoinedRow>(
      store,
      `SELECT ${columnsOf('a', 'a_')}, ${columnsOf('b', 'b_')} ${PAIRED} ${where} ORDER BY a.row LIMIT ? OFFSET ?`,
      ...params,
      limit,
      offset,
    ).map((row) => ({ first: answerOf(sideOf(row, 'a_')), second: answerOf(sideOf(row, 'b_')) })),
  }
}
