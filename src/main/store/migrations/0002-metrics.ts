import type { Migration } from './migration'

/** Metrics, one narrow row per point, clustered by series; and per series a summary, so that opening a run reads no points. */
export const metrics: Migration = {
  version: 2,
  sql: `
    CREATE TABLE metric_names (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE metrics (
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      name INTEGER NOT NULL,
      iteration INTEGER NOT NULL,
      value REAL NOT NULL,
      PRIMARY KEY (run, name, iteration)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE metric_summaries (
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      name INTEGER NOT NULL REFERENCES metric_names (id),
      last REAL NOT NULL,
      last_iteration INTEGER NOT NULL,
      min REAL NOT NULL,
      max REAL NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;`,
}
