import type { Migration } from './migration'

/** What a run began with: the files of its data, base weights, tokenizer and adapter, as JSON; null for runs of before. */
export const fingerprints: Migration = {
  version: 8,
  sql: 'ALTER TABLE runs ADD COLUMN fingerprints TEXT;',
}
