import type { Migration } from './migration'

/** The prompts that a run follows, and its greedy answers to them: before training (iteration 0) and after each iteration. */
export const probes: Migration = {
  version: 15,
  sql: `
    CREATE TABLE probe_prompts (
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      row INTEGER NOT NULL,
      prompt TEXT NOT NULL,
      reference TEXT NOT NULL,
      PRIMARY KEY (run, row)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE probe_answers (
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      row INTEGER NOT NULL,
      iteration INTEGER NOT NULL,
      text TEXT NOT NULL,
      tokens INTEGER NOT NULL,
      status TEXT NOT NULL,
      extracted TEXT,
      PRIMARY KEY (run, iteration, row)
    ) STRICT, WITHOUT ROWID;`,
}
