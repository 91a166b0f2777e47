import type { Measured } from '../best-evaluation'
import type { CriticalRule } from '../method/critical-step'
import type { ObjectiveKind, Plan } from './plan'
import type { StudyPlace } from './study'
import type { CriticalRecord, TrajectoryRecord } from './trajectory'
import type { VerdictStatus } from './verifier'

/** The records of a run, as the store returns them. Times are milliseconds since 1970. */

export const RUN_STATUSES = ['queued', 'running', 'completed', 'stopped', 'interrupted', 'failed'] as const
export type RunStatus = (typeof RUN_STATUSES)[number]

/** A prompt that a run follows, with the verdict on its greedy answer before training (iteration 0) and after each iteration. */
export interface FollowedPrompt {
  /** From 0, in the data that it was chosen from. */
  readonly row: number
  readonly prompt: string
  readonly reference: string
  readonly verdicts: readonly { readonly iteration: number; readonly status: VerdictStatus }[]
}

/** The process that drives a run. Process ids are reused: the start time, as text, distinguishes a later process from the owner. */
export interface RunOwner {
  readonly pid: number
  readonly startedAt: string
}

export interface RunError {
  readonly code: string
  readonly message: string
}

/** One line of the list of runs. */
export interface RunSummary {
  readonly id: string
  readonly name: string
  readonly status: RunStatus
  /** Null where the plan cannot be read. */
  readonly objective: ObjectiveKind | null
  readonly criticalStep: CriticalRule | null
  /** Why this version cannot read the run's plan, in a sentence; null if it can. */
  readonly planProblem: string | null
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** Milliseconds from start to end, without the time between an end and its resumption; of a running run, until it was last resumed. */
  readonly workedMs: number
  /** Since when it runs; null while it does not. */
  readonly resumedAt: number | null
  /** Iterations done, of `iterations`. */
  readonly iteration: number
  readonly iterations: number
  readonly error: RunError | null
  /** Folder of checkpoints and logs. */
  readonly folder: string
  readonly owner: RunOwner | null
  /** Imported from a bundle of another installation: read-only, never resumed. */
  readonly isReadOnly: boolean
}

/** A run whose plan could be read. */
export interface RunRecord extends RunSummary {
  readonly objective: ObjectiveKind
  readonly criticalStep: CriticalRule
  readonly plan: Plan
  readonly environment: Readonly<Record<string, string | number>> | null
}

/** A person's notes on a run. */
export interface RunNotes {
  readonly note: string
  readonly tags: readonly string[]
  readonly isArchived: boolean
}

/** The curve of a run in small. */
export interface RunCurve {
  /** Of the mean reward; otherwise of the training loss, for a run without rewards. */
  readonly isReward: boolean
  /** 1 to 40, oldest first. */
  readonly values: readonly number[]
}

/** One line of the table of runs. */
export interface RunListItem extends RunSummary, RunNotes {
  readonly model: string
  readonly data: string
  /** Held-out accuracy before training, the best since (`bestEvaluation`) and the last; null where there is none. */
  readonly base: Measured | null
  readonly best: Measured | null
  readonly last: Measured | null
  readonly curve: RunCurve | null
  /** Its place in a study; null for a run of its own. */
  readonly study: StudyPlace | null
}

export interface MetricSummary {
  readonly name: string
  readonly last: number
  readonly lastIteration: number
  readonly min: number
  readonly max: number
  readonly count: number
}

/** Two columns of equal length, iterations ascending. */
export interface Series {
  readonly iterations: readonly number[]
  readonly values: readonly number[]
}

/** Both ends included. */
export interface Range {
  readonly min?: number
  readonly max?: number
}

export interface TrajectoryFilter {
  readonly iteration?: number
  readonly iterations?: Range
  /** Row of the training data. */
  readonly row?: number
  readonly statuses?: readonly VerdictStatus[]
  readonly reward?: Range
  /** Smallest |A| of the critical step. */
  readonly minAdvantage?: number
  /** Where the critical step lies: 0 = first step, 1 = last. */
  readonly position?: Range
  /** Words of the prompt, the completion or the continuations, all of them in any case; what is in double quotes, or joined without spaces, as it stands. The last word may be unfinished. */
  readonly text?: string
  /** Only trajectories recorded up to this one, so that a list stays as it is while a run adds more. */
  readonly upTo?: number
}

/** By iteration and index, either way, or by |A| of the critical step, largest first (trajectories without one are left out). */
export type TrajectoryOrder = 'newest' | 'oldest' | 'advantage'

/** One line of the list of trajectories: everything except the texts. */
export interface TrajectoryRow {
  /** Id in the database, for loading the whole trajectory. */
  readonly id: number
  readonly iteration: number
  readonly index: number
  readonly row: number
  readonly tokens: number
  readonly reward: number
  readonly status: VerdictStatus
  readonly extracted: string | null
  readonly steps: number
  readonly continuations: number
  readonly critical: CriticalRecord | null
  /** Of the critical step: 0 = first step, 1 = last. */
  readonly position: number | null
  /** V of each state, s_0 first; null where the search did not visit one. */
  readonly values: readonly (number | null)[]
  /** The first 160 characters of the completion. */
  readonly excerpt: string
  /** Where it has the filter's text; absent without such a filter. */
  readonly found?: FoundText
}

export interface FoundText {
  readonly where: 'prompt' | 'completion' | 'continuation'
  readonly before: string
  readonly match: string
  readonly after: string
}

export interface TrajectoryPage {
  readonly rows: readonly TrajectoryRow[]
  /** Where the next page begins; null after the last. */
  readonly next: string | null
  /** Id of the trajectory that the run recorded last, whether it fits the filter or not; null where there is none. */
  readonly newest: number | null
}

export interface StoredTrajectory extends TrajectoryRecord {
  readonly id: number
}
