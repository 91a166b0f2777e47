/**
 * A study: arms (plans that differ in named settings) × seeds × tasks, each combination a run. The same schema is the file, the window's form and
 * the database's record. What is measured is part of it, so that looking at results cannot change it. Unknown keys are errors.
 */
import { z } from 'zod'

/** Most characters of a study as JSON. */
export const MAX_STUDY_TEXT = 1_000_000
/** Most runs of a study. */
export const MAX_STUDY_RUNS = 1000

/** A name that is shown in tables and figures and written into file names. */
const name = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}]*$/u, { error: 'expected a name without line breaks' })

const scalar = z.union([z.string().max(100_000), z.number(), z.boolean()])
const changeValue = z.union([scalar, z.null(), z.array(scalar).max(1000), z.record(z.string(), z.string())], {
  error: 'expected a value of a setting: a text, a number, true, false, null (the default), a list, or columns by role',
})
export type ChangeValue = z.infer<typeof changeValue>

/** Settings by their paths, as `--set` takes them: {"gpo.criticalStep": "max"}. Null is the setting's default. */
const changes = z.record(z.string().min(1).max(200), changeValue)
export type Changes = Readonly<z.infer<typeof changes>>

const armSchema = z.strictObject({
  name,
  changes: changes.default({}),
  /** Why this arm is in the study. */
  why: z.string().max(2000).optional(),
})
export type StudyArm = z.infer<typeof armSchema>

const taskSchema = z.strictObject({ name, changes: changes.default({}) })
export type StudyTask = z.infer<typeof taskSchema>

/** Share of intervals that contain the truth. */
const confidence = z.number().min(0.5).max(0.999)

const measureSchema = z.strictObject({
  /** Greedy accuracy on the held-out rows of the evaluation. */
  metric: z.literal('accuracy').default('accuracy'),
  /** The evaluation that decides: after this iteration, or after each run's last one. */
  iteration: z
    .union([z.literal('last'), z.number().int().min(1).max(1e6)], {
      error: 'expected "last" or the number of an iteration',
    })
    .default('last'),
  confidence: confidence.default(0.9),
})
export type StudyMeasure = z.infer<typeof measureSchema>

/**
 * The only rule by which an arm may end early: its remaining seeds on a task are left out once its paired difference from the base has an
 * interval, at this confidence, that lies entirely below zero.
 */
const stopEarlySchema = z.strictObject({
  when: z.literal('worseThanBase'),
  /** The rule is applied from this many seeds on. */
  afterSeeds: z.number().int().min(2).max(100),
  /** Higher than the measure's, because the rule looks after every seed. */
  confidence: confidence.default(0.99),
})

export const studySchema = z.strictObject({
  version: z.literal(1).default(1),
  name,
  /** What the study is to answer, in words. */
  question: z.string().max(2000).optional(),
  /** The plan that all runs share, as in a plan's file. */
  plan: z.record(z.string(), z.unknown()),
  tasks: z
    .array(taskSchema)
    .min(1)
    .max(50)
    .default([{ name: 'the task', changes: {} }]),
  arms: z.array(armSchema).min(2).max(30),
  /** Name of the arm that the others are compared with. */
  base: name,
  seeds: z.array(z.number().int().min(0).max(0xffffffff)).min(1).max(100),
  measure: measureSchema.prefault({}),
  stopEarly: stopEarlySchema.optional(),
})
/** A study's document: fixed once it has begun. */
export type Study = z.infer<typeof studySchema>
export type StudyInput = z.input<typeof studySchema>

export const STUDY_STATES = ['queued', 'running', 'paused', 'done', 'failed'] as const
export type StudyState = (typeof STUDY_STATES)[number]

/** What a study's comparison is made at: the measure that it fixed, or an equal amount of one of four budgets. */
export const BUDGETS = ['updates', 'trained', 'generated', 'seconds'] as const
export type Budget = (typeof BUDGETS)[number]

/** Place of a run in its study. */
export interface StudyPlace {
  readonly study: string
  readonly studyName: string
  readonly task: string
  readonly arm: string
  readonly seed: number
}
