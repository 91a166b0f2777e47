import type { Migration } from './migration'

/**
 * Trajectories in three tables, by how often they are read: what a list filters and sorts by, what it shows and searches in, and the
 * body (steps, states, continuations; compressed) that is read one at a time.
 */
export const trajectories: Migration = {
  version: 3,
  sql: `
    CREATE TABLE trajectories (
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      iteration INTEGER NOT NULL,
      item INTEGER NOT NULL,
      row INTEGER NOT NULL,
      tokens INTEGER NOT NULL,
      reward REAL NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('correct', 'wrong', 'unparseable', 'truncated', 'timeout')),
      steps INTEGER NOT NULL,
      continuations INTEGER NOT NULL,
      rule TEXT,
      critical_step INTEGER,
      advantage REAL,
      confidence REAL,
      position REAL,
      magnitude REAL GENERATED ALWAYS AS (abs(advantage)) VIRTUAL,
      UNIQUE (run, iteration, item)
    ) STRICT;
    CREATE INDEX trajectories_by_row ON trajectories (run, row, iteration, item);
    CREATE INDEX trajectories_by_magnitude ON trajectories (run, magnitude, iteration, item);
    CREATE TABLE trajectory_texts (
      id INTEGER PRIMARY KEY REFERENCES trajectories (id) ON DELETE CASCADE,
      prompt TEXT NOT NULL,
      reference TEXT NOT NULL,
      text TEXT NOT NULL,
      extracted TEXT,
      state_values TEXT NOT NULL
    ) STRICT;
    CREATE TABLE trajectory_bodies (
      id INTEGER PRIMARY KEY REFERENCES trajectories (id) ON DELETE CASCADE,
      body BLOB NOT NULL
    ) STRICT;`,
}
