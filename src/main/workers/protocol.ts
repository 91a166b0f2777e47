/** The messages between main and trainer. Every message is parsed before it is used. */

import { CRITICAL_RULES } from '@shared/method/critical-step'
import type { Example } from '@shared/schemas/dataset'
import type { FailedEvent, TrainerEvent } from '@shared/schemas/events'
import { isCheckpointFolder, MAX_SERVERS_SHOWN, PHASES, RUN_REQUESTS } from '@shared/schemas/events'
import { outcomesSchema } from '@shared/schemas/outcomes'
import { MAX_PROBES, planSchema } from '@shared/schemas/plan'
import { serverAccessSchema } from '@shared/schemas/server'
import { VERDICT_STATUSES } from '@shared/schemas/verifier'
import { z } from 'zod'

const VERSION = 1

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T
type IsSame<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** `Declared`, or `never` when the schema's type is not the declared one (`readonly` aside): then this file does not compile. */
type Match<Inferred, Declared> = IsSame<Frozen<Inferred>, Frozen<Declared>> extends true ? Declared : never

/** A row of any kind of data set. */
const exampleSchema = z.object({
  row: z.number().int().min(0),
  prompt: z.string(),
  reference: z.string(),
  completion: z.string().optional(),
  chosen: z.string().optional(),
  rejected: z.string().optional(),
  label: z.boolean().optional(),
  messages: z
    .array(z.strictObject({ role: z.string(), content: z.string() }))
    .readonly()
    .optional(),
  group: z.string().optional(),
})

const rowsSchema = z.array(exampleSchema).readonly()

export const startSchema = z.strictObject({
  version: z.literal(VERSION),
  plan: planSchema,
  runFolder: z.string().min(1),
  modelFolder: z.string().min(1),
  /** Folder of the checkpoint to resume from. */
  resumeFrom: z.string().nullable(),
  train: rowsSchema,
  evaluation: rowsSchema,
  /** How the plan's sampling servers are reached. */
  servers: z.array(serverAccessSchema).default([]),
})

/** What a trainer starts with. Its rows may be of any kind of data set. */
export interface StartMessage extends Omit<z.infer<typeof startSchema>, 'train' | 'evaluation'> {
  readonly train: readonly Match<z.infer<typeof exampleSchema>, Example>[]
  readonly evaluation: readonly Example[]
}

export const startMessage = (content: Omit<StartMessage, 'version'>): StartMessage => ({ version: VERSION, ...content })

export const count = z.number().int().min(0)

const checkpointFolder = z.string().refine(isCheckpointFolder, { error: 'expected the name of a checkpoint' })

export const status = z.enum(VERDICT_STATUSES)

const sampled = z.strictObject({ engine: z.string(), version: count, logprobs: z.array(z.number()) }).optional()

export const trajectorySchema = z.strictObject({
  iteration: count,
  index: count,
  row: count,
  prompt: z.string(),
  reference: z.string(),
  text: z.string(),
  tokens: count,
  reward: z.number(),
  status,
  extracted: z.string().nullable(),
  steps: z.array(z.strictObject({ start: count, end: count, text: z.string() })),
  states: z.array(z.strictObject({ successes: z.number(), samples: count, value: z.number().nullable() })),
  critical: z
    .strictObject({
      rule: z.enum(CRITICAL_RULES),
      step: count,
      advantage: z.number().nullable(),
      confidence: z.number(),
    })
    .nullable(),
  continuations: z.array(
    z.strictObject({
      state: count,
      purpose: z.enum(['value', 'reset']),
      trained: z.boolean(),
      tokens: count,
      text: z.string(),
      reward: z.number(),
      status,
      unfinished: z.literal(true).optional(),
      sampled,
    }),
  ),
  sampled,
})

const probeSchema = z.strictObject({
  row: count,
  prompt: z.string(),
  reference: z.string(),
  text: z.string(),
  tokens: count,
  status,
  extracted: z.string().nullable(),
})

const eventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('phase'),
    iteration: count,
    iterations: count,
    phase: z.enum(PHASES),
    done: count,
    total: count,
    tokens: count,
    seconds: z.number(),
    servers: z
      .array(
        z.strictObject({
          name: z.string(),
          isResting: z.boolean(),
          inFlight: count,
          done: count,
          failed: count,
          tokens: count,
          problem: z.string().nullable(),
        }),
      )
      .max(MAX_SERVERS_SHOWN)
      .optional(),
  }),
  z.strictObject({ type: z.literal('obeyed'), request: z.enum(RUN_REQUESTS) }),
  z.strictObject({ type: z.literal('held'), reason: z.string().nullable() }),
  z.strictObject({ type: z.literal('metrics'), iteration: count, values: z.record(z.string(), z.number()) }),
  z.strictObject({ type: z.literal('trajectories'), trajectories: z.array(trajectorySchema) }),
  z.strictObject({
    type: z.literal('evaluation'),
    iteration: count,
    n: count,
    correct: count,
    accuracy: z.number(),
    statuses: z.record(status, count),
    meanTokens: z.number(),
    problems: outcomesSchema.optional(),
  }),
  z.strictObject({ type: z.literal('probes'), iteration: count, probes: z.array(probeSchema).max(MAX_PROBES) }),
  z.strictObject({
    type: z.literal('checkpoint'),
    iteration: count,
    path: checkpointFolder,
    bytes: count,
    sha256: z.string(),
    removed: z.array(checkpointFolder),
  }),
  z.strictObject({
    type: z.literal('environment'),
    environment: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
  z.strictObject({ type: z.literal('finished'), outcome: z.enum(['completed', 'stopped']), iteration: count }),
])

/** The events of the trainer during training. A failure is an error of the stream, not an event. */
export type ToldEvent = Match<z.infer<typeof eventSchema>, Exclude<TrainerEvent, FailedEvent>>

export const toldSchema: z.ZodType<ToldEvent, ToldEvent> = eventSchema
