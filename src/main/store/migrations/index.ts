import { runs } from './0001-runs'
import { metrics } from './0002-metrics'
import { trajectories } from './0003-trajectories'
import { evaluationsAndCheckpoints } from './0004-evaluations-and-checkpoints'
import type { Migration } from './migration'

/** In the order of their numbers. */
export const MIGRATIONS: readonly Migration[] = [runs, metrics, trajectories, evaluationsAndCheckpoints]
