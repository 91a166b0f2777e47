import type { Migration } from './migration'

/** Models and datasets a person added from disk: their paths and options. */
export const library: Migration = {
  version: 7,
  sql: `
    CREATE TABLE library (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('model', 'dataset')),
      name TEXT NOT NULL,
      path TEXT NOT NULL,
      options TEXT NOT NULL DEFAULT '{}',
      added_at INTEGER NOT NULL,
      UNIQUE (kind, path)
    ) STRICT;
    ALTER TABLE runs ADD COLUMN is_read_only INTEGER NOT NULL DEFAULT 0;`,
}
