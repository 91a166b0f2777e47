import type { Migration } from './migration'

/** Evaluations by iteration; checkpoints by their folder, relative to the run's. */
export const evaluationsAndCheckpoints: Migration = {
  version: 4,
  sql: `
    CREATE TABLE evaluations (
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      iteration INTEGER NOT NULL,
      n INTEGER NOT NULL,
      correct INTEGER NOT NULL,
      accuracy REAL NOT NULL,
      statuses TEXT NOT NULL,
      mean_tokens REAL NOT NULL,
      PRIMARY KEY (run, iteration)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE checkpoints (
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      path TEXT NOT NULL,
      iteration INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (run, path)
    ) STRICT, WITHOUT ROWID;`,
}
