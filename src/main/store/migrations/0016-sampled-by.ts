import type { Migration } from './migration'

/**
 * Which server sampled a trajectory, and with which version of the policy (its optimiser steps); null where this program did. The log-probabilities that the
 * server gave are in the body, with those of the continuations.
 */
export const sampledBy: Migration = {
  version: 16,
  sql: `
    ALTER TABLE trajectories ADD COLUMN engine TEXT;
    ALTER TABLE trajectories ADD COLUMN policy_version INTEGER;`,
}
