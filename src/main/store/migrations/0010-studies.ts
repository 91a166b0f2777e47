import type { Migration } from './migration'

/**
 * Studies with their fixed documents, and their combinations of task, arm and seed in the order in which they run. `run` is null before a
 * combination has begun, and after its run was removed; `left_out` says why a combination will not run.
 */
export const studies: Migration = {
  version: 10,
  sql: `
    CREATE TABLE studies (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL UNIQUE,
      document TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'done', 'failed')),
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      ended_at INTEGER,
      error_code TEXT,
      error_message TEXT,
      owner_pid INTEGER,
      owner_started_at TEXT
    ) STRICT;
    CREATE TABLE study_runs (
      study INTEGER NOT NULL REFERENCES studies (key) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      task TEXT NOT NULL,
      arm TEXT NOT NULL,
      seed INTEGER NOT NULL,
      run INTEGER REFERENCES runs (key) ON DELETE SET NULL,
      left_out TEXT,
      PRIMARY KEY (study, position),
      UNIQUE (study, task, arm, seed)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX study_runs_by_run ON study_runs (run);`,
}
