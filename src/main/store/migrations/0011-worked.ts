import type { Migration } from './migration'

/**
 * How long a run has worked, without the time between an end and its resumption: `worked_ms` until it last ended, `resumed_at` since it goes on.
 * `seen_at`: when something of it was last recorded, which is the end of a run whose process is gone. Of earlier runs only start and end are known.
 */
export const worked: Migration = {
  version: 11,
  sql: `
    ALTER TABLE runs ADD COLUMN worked_ms INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN resumed_at INTEGER;
    ALTER TABLE runs ADD COLUMN seen_at INTEGER;
    UPDATE runs SET worked_ms = max(0, ended_at - started_at) WHERE started_at IS NOT NULL AND ended_at IS NOT NULL;
    UPDATE runs SET resumed_at = started_at, seen_at = started_at WHERE status = 'running';`,
}
