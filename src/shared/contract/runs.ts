/** Runs: list, details, curves, start, pause and stop. */
import { z } from 'zod'
import type { CheckpointRecord, EvaluationRecord, PhaseEvent, ProbeRecord, RunRequest } from '../schemas/events'
import { planSchema } from '../schemas/plan'
import type {
  FollowedPrompt,
  MetricSummary,
  RunListItem,
  RunNotes,
  RunRecord,
  RunSummary,
  Series,
} from '../schemas/run'
import { asked, done, eventIterator, oc, runId, type } from './base'

export interface RunDetails extends RunNotes {
  readonly run: RunRecord
  readonly metrics: readonly MetricSummary[]
  readonly evaluations: readonly EvaluationRecord[]
  readonly checkpoints: readonly CheckpointRecord[]
  /** On disk and newer, but not in the database: the program ended in between, or could not write. Empty while the run is in progress. */
  readonly unrecorded: readonly CheckpointRecord[]
  readonly trajectories: number
}

/** What a run of this program is doing right now. */
export interface ActiveRun {
  readonly id: string
  readonly name: string
  /** `stopping`: after this iteration; `dropping`: before its update, without what it has sampled. */
  readonly state: 'running' | 'paused' | 'stopping' | 'dropping'
  /** The newest progress; null before the trainer has sent any. */
  readonly phase: PhaseEvent | null
  /** Seconds each phase of the newest complete iteration took. */
  readonly phaseSeconds: Readonly<Record<string, number>>
  readonly iteration: number
  readonly iterations: number
  /** Estimated seconds until the last iteration; null before the first is done. */
  readonly secondsLeft: number | null
  /** When this iteration should end, in milliseconds since 1970; null where it cannot be told yet. */
  readonly iterationEnd: number | null
  /** Whether its plan has rows to evaluate on. */
  readonly isEvaluated: boolean
  /** Requests that were not obeyed yet, in the order in which they will be: at the end of this iteration, or at once while paused. */
  readonly pending: readonly RunRequest[]
  /** What it waits for, as a sentence: another program's lock, room on a disk; null while it waits for nothing. */
  readonly held: string | null
}

export interface LiveState {
  readonly active: ActiveRun | null
  /** Ids of runs that wait, in order. */
  readonly queue: readonly string[]
}

export type RecordedKind = 'metrics' | 'trajectories' | 'evaluation' | 'probes' | 'checkpoint' | 'environment'

export type LiveEvent =
  /** Sent first, and after every change. */
  | { readonly type: 'state'; readonly state: LiveState }
  /** New records of a run can be read. */
  | { readonly type: 'recorded'; readonly run: string; readonly kinds: readonly RecordedKind[] }
  /** The list of runs changed: one was created, started, ended, renamed or removed. */
  | { readonly type: 'runs' }
  /** A run ended; for notifications. */
  | { readonly type: 'ended'; readonly run: RunSummary }

/** A run's cumulative cost after some of its iterations: columns of equal length, iterations ascending. */
export interface RunTotals {
  readonly iterations: readonly number[]
  /** Tokens trained on, each counted once regardless of the number of passes. */
  readonly tokens: readonly number[]
  /** All tokens that were sampled, those for values included; null for runs of versions that did not record them. */
  readonly sampled: readonly number[] | null
  /** Seconds of training, without evaluations and checkpoints. */
  readonly seconds: readonly number[]
}

/** What deleting the files of runs would remove. */
export interface RunFiles {
  readonly bytes: number
  readonly checkpoints: number
}

/** What a run's trainer printed, and its errors with stack traces. */
export interface RunLog {
  readonly file: string
  /** Newest last; empty if nothing was written. */
  readonly text: string
  /** True if older text is left out. */
  readonly isCut: boolean
}

const ids = z.array(runId).min(1).max(1000)

export const runsContract = {
  list: asked.output(type<readonly RunListItem[]>()),
  get: oc.input(z.strictObject({ id: runId })).output(type<RunDetails>()),
  /** The end of the trainer's log, at most a quarter of a megabyte. */
  log: oc.input(z.strictObject({ id: runId })).output(type<RunLog>()),
  /** Curves, thinned to the smallest and largest value of each bucket. */
  series: oc
    .input(
      z.strictObject({
        id: runId,
        names: z.array(z.string().max(200)).max(100),
        from: z.number().int().min(0).optional(),
        to: z.number().int().min(0).optional(),
        buckets: z.number().int().min(1).max(5000).default(1000),
      }),
    )
    .output(type<Readonly<Record<string, Series>>>()),
  /** At most `points` of them, evenly spaced; the last is always included. */
  totals: oc
    .input(z.strictObject({ id: runId, points: z.number().int().min(2).max(5000).default(500) }))
    .output(type<RunTotals>()),
  /** The prompts that the run follows, with their verdicts by iteration. */
  probes: oc.input(z.strictObject({ id: runId })).output(type<readonly FollowedPrompt[]>()),
  /** The answers of an iteration to the prompts that the run follows; 0: before training. */
  probeAnswers: oc
    .input(z.strictObject({ id: runId, iteration: z.number().int().min(0).max(1e9) }))
    .output(type<readonly ProbeRecord[]>()),
  update: oc
    .input(
      z.strictObject({
        id: runId,
        name: z.string().trim().min(1).max(200).optional(),
        note: z.string().max(20_000).optional(),
        tags: z.array(z.string().trim().min(1).max(50)).max(50).optional(),
        isArchived: z.boolean().optional(),
      }),
    )
    .output(done),
  archive: oc.input(z.strictObject({ ids, isArchived: z.boolean() })).output(done),
  /** Sizes of the folders of runs. */
  files: oc.input(z.strictObject({ ids })).output(type<RunFiles>()),
  /** Hides runs and removes them from the queue; after an hour they are deleted, with their files if requested. */
  remove: oc.input(z.strictObject({ ids, files: z.boolean() })).output(done),
  /** Undoes `remove`. */
  restore: oc.input(z.strictObject({ ids })).output(done),

  /** Starts a new run, or queues it behind the one that runs. */
  start: oc.input(z.strictObject({ plan: planSchema })).output(type<{ readonly id: string }>()),
  /**
   * Resumes a paused, stopped, interrupted or failed run, or queues it; refused as `changed` if its data, weights, tokenizer or adapter have
   * changed. `fromDisk`: from the newest checkpoint of `unrecorded`. `notes`: sentences for the person.
   */
  resume: oc
    .input(z.strictObject({ id: runId, allowChanged: z.boolean().optional(), fromDisk: z.boolean().optional() }))
    .output(type<{ readonly notes: readonly string[] }>()),
  pause: oc.input(z.strictObject({ id: runId })).output(done),
  /**
   * After this iteration and what was asked before, with a checkpoint; or `now`: what the iteration has sampled is dropped, an update that has begun
   * is finished. A queued run leaves the queue.
   */
  stop: oc.input(z.strictObject({ id: runId, now: z.boolean().optional() })).output(done),
  /** Moves a waiting run to the front of the queue. */
  startNext: oc.input(z.strictObject({ id: runId })).output(done),
  checkpointNow: oc.input(z.strictObject({ id: runId })).output(done),
  evaluateNow: oc.input(z.strictObject({ id: runId })).output(done),
  live: asked.output(eventIterator(type<LiveEvent>())),
}
