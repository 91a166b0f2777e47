import type { Migration } from './migration'

/**
 * Which of two continuations a person found better without knowing their verdicts or values. By run and place, like what was sampled by hand; with
 * what the run had measured, so that a label keeps its meaning.
 */
export const blindLabels: Migration = {
  version: 14,
  sql: `
    CREATE TABLE blind_labels (
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      iteration INTEGER NOT NULL,
      item INTEGER NOT NULL,
      left_continuation INTEGER NOT NULL,
      right_continuation INTEGER NOT NULL,
      left_value REAL NOT NULL,
      right_value REAL NOT NULL,
      left_reward REAL NOT NULL,
      right_reward REAL NOT NULL,
      chosen TEXT NOT NULL CHECK (chosen IN ('left', 'right', 'neither')),
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX blind_labels_by_run ON blind_labels (run);`,
}
