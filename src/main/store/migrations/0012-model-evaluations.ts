import type { Migration } from './migration'

/**
 * Evaluations that a person asked for, with their answers. `request` has the model and the data as they were chosen in the
 * window (null: in a terminal), `settings` what was asked,
 * `result` the summary.
 */
export const modelEvaluations: Migration = {
  version: 12,
  sql: `
    CREATE TABLE model_evaluations (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
      model TEXT NOT NULL,
      data TEXT NOT NULL,
      request TEXT,
      settings TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      error TEXT,
      result TEXT,
      owner_pid INTEGER,
      owner_started_at TEXT
    ) STRICT;
    CREATE TABLE evaluated_rows (
      evaluation INTEGER NOT NULL REFERENCES model_evaluations (key) ON DELETE CASCADE,
      row INTEGER NOT NULL,
      prompt TEXT NOT NULL,
      reference TEXT NOT NULL,
      completion TEXT NOT NULL,
      tokens INTEGER NOT NULL,
      status TEXT NOT NULL,
      extracted TEXT,
      sampled_correct INTEGER,
      majority TEXT,
      majority_correct INTEGER,
      PRIMARY KEY (evaluation, row)
    ) STRICT, WITHOUT ROWID;`,
}
