/** Studies: arms × seeds × tasks, run as a queue and compared. */
import { z } from 'zod'
import type { RunError, RunStatus } from '../schemas/run'
import { BUDGETS, MAX_STUDY_TEXT, type Study, type StudyState, studySchema } from '../schemas/study'
import type { StudyProblem } from '../study/problem'
import type { ProblemDifferences, StudyResults } from '../study/results'
import { asked, done, eventIterator, oc, runId, type } from './base'
import { grantId } from './system'

/** Runs of a study by what became of them; they add up to `total`. */
export interface StudyCounts {
  readonly total: number
  readonly finished: number
  readonly running: number
  /** Not begun, or stopped and to be continued. */
  readonly waiting: number
  readonly failed: number
  /** Ended early by the study's rule. */
  readonly leftOut: number
}

export interface StudySummary {
  readonly id: string
  readonly name: string
  readonly question: string | null
  readonly state: StudyState
  readonly arms: number
  readonly tasks: number
  readonly seeds: number
  readonly runs: StudyCounts
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** Why it paused or failed by itself. */
  readonly error: RunError | null
  /** A program that is not this one drives it, for example `gpo study`. */
  readonly isElsewhere: boolean
  /** Estimated seconds of the runs that are left; null before anything was measured. */
  readonly secondsLeft: number | null
  /** What was found so far, in a sentence; null before anything can be compared. */
  readonly verdict: string | null
}

/** A combination of task, arm and seed: one run. */
export interface StudyCell {
  readonly task: string
  readonly arm: string
  readonly seed: number
  /** Null before it has begun. */
  readonly run: string | null
  readonly status: RunStatus | 'waiting' | 'leftOut'
  /** Iterations done, of `iterations`. */
  readonly iteration: number
  readonly iterations: number
  /** At the study's measure; null before that. */
  readonly accuracy: number | null
  /** Why it was left out or failed. */
  readonly why: string | null
}

export interface StudyDetails {
  readonly summary: StudySummary
  /** As it was fixed when the study was made; its paths are absolute. */
  readonly document: Study
  /** In the order in which they run. */
  readonly cells: readonly StudyCell[]
}

export interface StudyReport {
  /** All problems; empty if the study can be started. */
  readonly problems: readonly StudyProblem[]
  readonly warnings: readonly string[]
  readonly runs: number
  /** Estimated from earlier runs like these; null without any. */
  readonly seconds: number | null
}

export type StudyEvent =
  /** Sent first, and when a study was made, renamed, removed or changed its state. */
  | { readonly type: 'studies' }
  /** A run of this study has recorded something or ended. */
  | { readonly type: 'recorded'; readonly study: string }

export const STUDY_FORMATS = ['markdown', 'csv', 'svg', 'json'] as const
export type StudyFormat = (typeof STUDY_FORMATS)[number]

/** A report as text, to be copied or saved. */
export interface StudyText {
  readonly fileName: string
  readonly mediaType: string
  readonly text: string
}

export interface StudyBundle {
  readonly out: string
  readonly bytes: number
  /** What it contains and what it only names, in sentences. */
  readonly contains: readonly string[]
}

export const studyId = z.string().regex(/^[\w-][\w.-]{0,99}$/, { error: 'expected the id of a study' })
const ofStudy = z.strictObject({ id: studyId })
const budget = z.enum(BUDGETS)
const partName = z.string().min(1).max(80)

export const studyDocument = studySchema.refine((study) => JSON.stringify(study).length <= MAX_STUDY_TEXT, {
  error: `expected a study of at most ${MAX_STUDY_TEXT.toLocaleString('en')} characters`,
})

export const studiesContract = {
  /** Newest first. */
  list: asked.output(type<readonly StudySummary[]>()),
  get: oc.input(ofStudy).output(type<StudyDetails>()),
  /** Accuracies, differences, verdicts and curves of what has finished so far. */
  results: oc.input(ofStudy).output(type<StudyResults>()),
  /** Which problems an arm solves and the base does not, and the reverse. */
  problems: oc
    .input(
      z.strictObject({
        id: studyId,
        task: partName,
        arm: partName,
        limit: z.number().int().min(1).max(500).default(50),
      }),
    )
    .output(type<ProblemDifferences>()),
  rename: oc.input(z.strictObject({ id: studyId, name: studySchema.shape.name })).output(done),
  /** Every combination against its model and data, before anything is started. */
  check: oc.input(z.strictObject({ document: studyDocument })).output(type<StudyReport>()),
  /** A study of two arms and five seeds: the run's plan with guidance, and without. Nothing is stored yet. */
  ofRun: oc
    .input(z.strictObject({ run: runId, seeds: z.number().int().min(1).max(100).default(5) }))
    .output(type<{ readonly document: Study }>()),
  /** The same over values of any one setting. */
  sweepOfRun: oc
    .input(
      z.strictObject({
        run: runId,
        /** As `--set` takes it. */
        setting: z.string().min(1).max(200),
        values: z
          .array(z.union([z.string().max(1000), z.number(), z.boolean()]))
          .min(1)
          .max(29),
        seeds: z.number().int().min(1).max(100).default(5),
      }),
    )
    .output(type<{ readonly document: Study }>()),
  /** A study from a file or a bundle that was chosen; what a bundle contains is unpacked beside the database first. */
  open: oc
    .input(z.strictObject({ grant: grantId }))
    .output(type<{ readonly document: Study; readonly notes: readonly string[] }>()),
  /** Checks, stores and starts it; from then on the document cannot be changed. */
  create: oc.input(z.strictObject({ document: studyDocument })).output(type<{ readonly id: string }>()),
  /** Continues where it paused: finished runs are kept, the others go on from their checkpoints. */
  resume: oc.input(ofStudy).output(done),
  /** After the running iteration, with a checkpoint. */
  pause: oc.input(ofStudy).output(done),
  /** Removes a study that is not running; its runs are kept as ordinary runs, or removed with their files. */
  remove: oc.input(z.strictObject({ id: studyId, runs: z.enum(['keep', 'remove']) })).output(done),
  /** The report as a table, or the figure. */
  export: oc
    .input(
      z.strictObject({
        id: studyId,
        format: z.enum(STUDY_FORMATS),
        /** Axis of the figure (by default updates), and what a table shows beside the fixed measure (by default all). */
        budget: budget.optional(),
        /** Task of the figure; by default the first. */
        task: partName.optional(),
      }),
    )
    .output(type<StudyText>()),
  /** A file with which the study can be repeated elsewhere. */
  bundle: oc.input(z.strictObject({ id: studyId, grant: grantId, replaces: z.boolean() })).output(type<StudyBundle>()),
  live: asked.output(eventIterator(type<StudyEvent>())),
}
