/** Evaluations on held-out rows, one per iteration at most. */
import type { EvaluationRecord } from '@shared/schemas/events'
import { VERDICT_STATUSES } from '@shared/schemas/verifier'
import { z } from 'zod'
import { jsonColumn } from './json-column'
import { all, change, type Store } from './query'
import { runKey } from './runs'

/** An evaluation replaces an older one of the same iteration. */
export function insertEvaluation(store: Store, run: string, evaluation: EvaluationRecord): void {
  const { iteration, n, correct, accuracy, statuses, meanTokens, problems } = evaluation
  change(
    store,
    `INSERT OR REPLACE INTO evaluations (run, iteration, n, correct, accuracy, statuses, mean_tokens, problem_rows, problem_right)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    runKey(store, run),
    iteration,
    n,
    correct,
    accuracy,
    JSON.stringify(statuses),
    meanTokens,
    problems?.rows ?? null,
    problems?.right ?? null,
  )
}

interface Row extends Omit<EvaluationRecord, 'statuses' | 'problems'> {
  readonly statuses: string
  readonly rows: string | null
  readonly right: string | null
}

const statusesSchema = z.partialRecord(z.enum(VERDICT_STATUSES), z.number()).nullable()

/** By iteration, 0 = before training. One whose counts cannot be read is left out. */
export function listEvaluations(store: Store, run: string): EvaluationRecord[] {
  const sql = `SELECT iteration, n, correct, accuracy, statuses, mean_tokens AS meanTokens, problem_rows AS rows, problem_right AS right
    FROM evaluations WHERE run = ? ORDER BY iteration`
  return all<Row>(store, sql, runKey(store, run)).flatMap(({ rows, right, ...row }) => {
    const counts = jsonColumn(row.statuses, statusesSchema, null)
    if (counts === null) return []
    const statuses = counts as EvaluationRecord['statuses'] // early versions left out those that did not occur
    return [{ ...row, statuses, ...(rows === null || right === null ? {} : { problems: { rows, right } }) }]
  })
}
