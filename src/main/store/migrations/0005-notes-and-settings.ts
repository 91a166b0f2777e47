import type { Migration } from './migration'

/** What a person notes about a run; a removed run is hidden first, so that it can be restored; settings by name, as JSON. */
export const notesAndSettings: Migration = {
  version: 5,
  sql: `
    ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE runs ADD COLUMN is_archived INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN removed_at INTEGER;
    ALTER TABLE runs ADD COLUMN removes_files INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE settings (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;`,
}
