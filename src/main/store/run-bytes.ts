/** Sizes of a run's records in the database, for estimates. */
import { first, type Store } from './query'
import { runKey } from './runs'

export interface RunBytes {
  /** Compressed steps, states and continuations. */
  readonly bodies: number
  /** Prompts, references and completions. */
  readonly texts: number
  readonly points: number
}

export function runBytes(store: Store, run: string): RunBytes {
  const key = runKey(store, run)
  const sum = (sql: string) => first<{ sum: number | null }>(store, sql, key)?.sum ?? 0
  const joined = (table: string, column: string) =>
    `SELECT sum(${column}) AS sum FROM trajectories AS t JOIN ${table} AS x ON x.id = t.id WHERE t.run = ?`
  return {
    bodies: sum(joined('trajectory_bodies', 'length(x.body)')),
    texts: sum(joined('trajectory_texts', 'octet_length(x.prompt) + octet_length(x.reference) + octet_length(x.text)')),
    points: sum('SELECT sum(count) AS sum FROM metric_summaries WHERE run = ?'),
  }
}
