import type { Migration } from './migration'

/** The input files of a run: of its data, base weights, tokenizer and adapter, as JSON; null for older runs. */
export const fingerprints: Migration = {
  version: 8,
  sql: 'ALTER TABLE runs ADD COLUMN fingerprints TEXT;',
}
