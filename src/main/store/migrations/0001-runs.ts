import type { Migration } from './migration'

/** Runs. `key` is the number other tables refer to, `id` what people see. Times in milliseconds since 1970. */
export const runs: Migration = {
  version: 1,
  sql: `
    CREATE TABLE runs (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'stopped', 'interrupted', 'failed')),
      plan TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      ended_at INTEGER,
      iteration INTEGER NOT NULL DEFAULT 0,
      iterations INTEGER NOT NULL,
      error_code TEXT,
      error_message TEXT,
      folder TEXT NOT NULL,
      environment TEXT,
      owner_pid INTEGER,
      owner_started_at TEXT
    ) STRICT;
    CREATE INDEX runs_by_time ON runs (created_at, key);`,
}
