import { runs } from './0001-runs'
import { metrics } from './0002-metrics'
import { trajectories } from './0003-trajectories'
import { evaluationsAndCheckpoints } from './0004-evaluations-and-checkpoints'
import { notesAndSettings } from './0005-notes-and-settings'
import { handMade } from './0006-hand-made'
import { library } from './0007-library'
import { fingerprints } from './0008-fingerprints'
import { problemOutcomes } from './0009-problem-outcomes'
import { studies } from './0010-studies'
import { worked } from './0011-worked'
import { modelEvaluations } from './0012-model-evaluations'
import { words } from './0013-words'
import { blindLabels } from './0014-blind-labels'
import { probes } from './0015-probes'
import { sampledBy } from './0016-sampled-by'
import type { Migration } from './migration'

/** In the order of their numbers. */
export const MIGRATIONS: readonly Migration[] = [
  runs,
  metrics,
  trajectories,
  evaluationsAndCheckpoints,
  notesAndSettings,
  handMade,
  library,
  fingerprints,
  problemOutcomes,
  studies,
  worked,
  modelEvaluations,
  words,
  blindLabels,
  probes,
  sampledBy,
]
