/** Evaluations on held-out rows, one per iteration at most. */
import type { EvaluationRecord } from '@shared/schemas/events'
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

/** By iteration, 0 = before training. */
export function listEvaluations(store: Store, run: string): EvaluationRecord[] {
  const sql = `SELECT iteration, n, correct, accuracy, statuses, mean_tokens AS meanTokens, problem_rows AS rows, problem_right AS right
    FROM evaluations WHERE run = ? ORDER BY iteration`
  return all<Row>(store, sql, runKey(store, run)).map(({ rows, right, ...row }) => ({
    ...row,
    statuses: JSON.parse(row.statuses),
    ...(rows === null || right === null ? {} : { problems: { rows, right } }),
  }))
}
