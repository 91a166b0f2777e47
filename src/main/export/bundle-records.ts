/** The records of a bundle's files. They are untrusted: sizes, references and numbers are all checked. */

import { CRITICAL_RULES } from '@shared/method/critical-step'
import type { EvaluationRecord, ProbesEvent } from '@shared/schemas/events'
import { outcomesSchema } from '@shared/schemas/outcomes'
import { MAX_PROBES } from '@shared/schemas/plan'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import { VERDICT_STATUSES } from '@shared/schemas/verifier'
import { z } from 'zod'

const MAX_ITERATION = 1e9
const MAX_TEXT = 10_000_000
/** Points of a series in one line. */
export const SERIES_POINTS = 10_000

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const iteration = z.number().int().min(0).max(MAX_ITERATION)
const text = z.string().max(MAX_TEXT)
const share = z.number().min(0).max(1)
const status = z.enum(VERDICT_STATUSES)

/** A section of one metric's series. */
export const seriesSchema = z
  .strictObject({
    name: z.string().min(1).max(200),
    iterations: z.array(iteration).max(SERIES_POINTS),
    values: z.array(z.number()).max(SERIES_POINTS),
  })
  .refine(({ iterations, values }) => iterations.length === values.length, {
    error: 'a series must have as many values as iterations',
  })
export type SeriesRecord = z.infer<typeof seriesSchema>

export const evaluationSchema = z.strictObject({
  iteration,
  n: count,
  correct: count,
  accuracy: share,
  statuses: z.record(status, count),
  meanTokens: z.number().min(0),
  problems: outcomesSchema.optional(),
}) satisfies z.ZodType<EvaluationRecord>

/** The answers of an iteration to the prompts that the run follows. */
export const probesSchema = z.strictObject({
  iteration,
  probes: z
    .array(
      z.strictObject({
        row: count,
        prompt: text,
        reference: text,
        text,
        tokens: count,
        status,
        extracted: text.nullable(),
      }),
    )
    .max(MAX_PROBES),
}) satisfies z.ZodType<Omit<ProbesEvent, 'type'>>
export type ProbesRecord = z.infer<typeof probesSchema>

const stepSchema = z.strictObject({ start: count, end: count, text })
const stateSchema = z.strictObject({ successes: z.number().min(0), samples: count, value: z.number().nullable() })
const criticalSchema = z.strictObject({
  rule: z.enum(CRITICAL_RULES),
  step: count,
  advantage: z.number().nullable(),
  confidence: share,
})
const sampledSchema = z
  .strictObject({
    engine: z.string().max(1000),
    version: count,
    logprobs: z.array(z.number()).max(1_000_000),
  })
  .optional()
const continuationSchema = z.strictObject({
  state: count,
  purpose: z.enum(['value', 'reset']),
  trained: z.boolean(),
  tokens: count,
  text,
  reward: z.number(),
  status,
  unfinished: z.literal(true).optional(),
  sampled: sampledSchema,
})

export const trajectorySchema = z
  .strictObject({
    iteration,
    index: z.number().int().min(0).max(MAX_ITERATION),
    row: count,
    prompt: text,
    reference: text,
    text,
    tokens: count,
    reward: z.number(),
    status,
    extracted: text.nullable(),
    steps: z.array(stepSchema).max(100_000),
    states: z.array(stateSchema).max(100_001),
    critical: criticalSchema.nullable(),
    continuations: z.array(continuationSchema).max(1_000_000),
    sampled: sampledSchema,
  })
  .refine(({ steps, states }) => states.length === 0 || states.length === steps.length + 1, {
    error: 'there must be one more state than steps',
  })
  .refine(({ steps, critical }) => critical === null || critical.step < steps.length, {
    error: 'the critical step must be one of the steps',
  })
  .refine(({ steps, continuations }) => continuations.every(({ state }) => state <= steps.length), {
    error: 'a continuation must start at a state of its trajectory',
  }) satisfies z.ZodType<TrajectoryRecord>

export const environmentSchema = z
  .record(z.string().max(200), z.union([z.string().max(2000), z.number()]))
  .refine((environment) => Object.keys(environment).length <= 200, { error: 'at most 200 entries' })
  .nullable()
