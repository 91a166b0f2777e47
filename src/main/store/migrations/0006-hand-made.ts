import type { Migration } from './migration'

/**
 * What a person sampled by hand in the explorer, kept apart from what the run recorded, and the preference pairs they saved. By run and place,
 * not by the trajectory's id, because a resumed run records its trajectories again.
 */
export const handMade: Migration = {
  version: 6,
  sql: `
    CREATE TABLE hand_continuations (
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      iteration INTEGER NOT NULL,
      item INTEGER NOT NULL,
      state INTEGER NOT NULL,
      checkpoint INTEGER,
      temperature REAL NOT NULL,
      seed INTEGER NOT NULL,
      tokens INTEGER NOT NULL,
      text TEXT NOT NULL,
      reward REAL NOT NULL,
      status TEXT NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX hand_continuations_by_place ON hand_continuations (run, iteration, item, state);
    CREATE TABLE saved_pairs (
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
      iteration INTEGER NOT NULL,
      item INTEGER NOT NULL,
      state INTEGER NOT NULL,
      prompt TEXT NOT NULL,
      chosen TEXT NOT NULL,
      rejected TEXT NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT;`,
}
