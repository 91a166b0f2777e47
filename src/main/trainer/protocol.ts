/** The messages between main and trainer, both ways. Whatever arrives is parsed before it is used. */
import { GpoError } from '@shared/errors'
import type { TrainerEvent } from '@shared/schemas/events'
import { PHASES } from '@shared/schemas/events'
import { CRITICAL_RULES, planSchema } from '@shared/schemas/plan'
import { VERDICT_STATUSES } from '@shared/schemas/verifier'
import { z } from 'zod'

const PROTOCOL = 1

const exampleSchema = z.strictObject({
  row: z.number().int().min(0),
  prompt: z.string(),
  reference: z.string(),
  completion: z.string().optional(),
})

const startSchema = z.strictObject({
  type: z.literal('start'),
  protocol: z.literal(PROTOCOL),
  plan: planSchema,
  runFolder: z.string().min(1),
  modelFolder: z.string().min(1),
  /** Folder of the checkpoint to go on from. */
  resumeFrom: z.string().nullable(),
  train: z.array(exampleSchema),
  evaluation: z.array(exampleSchema),
})
export type StartMessage = z.infer<typeof startSchema>

const commandSchema = z.discriminatedUnion('type', [
  startSchema,
  z.strictObject({ type: z.literal('stop') }),
  z.strictObject({ type: z.literal('pause') }),
  z.strictObject({ type: z.literal('continue') }),
  z.strictObject({ type: z.literal('checkpoint') }),
  z.strictObject({ type: z.literal('evaluate') }),
])
export type TrainerCommand = z.infer<typeof commandSchema>

export const startMessage = (content: Omit<StartMessage, 'type' | 'protocol'>): StartMessage => ({
  type: 'start',
  protocol: PROTOCOL,
  ...content,
})

const count = z.number().int().min(0)
const status = z.enum(VERDICT_STATUSES)

const trajectorySchema = z.strictObject({
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
  states: z.array(z.strictObject({ successes: z.number(), samples: count, value: z.number() })),
  critical: z
    .strictObject({ rule: z.enum(CRITICAL_RULES), step: count, advantage: z.number(), confidence: z.number() })
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
    }),
  ),
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
  }),
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
  }),
  z.strictObject({
    type: z.literal('checkpoint'),
    iteration: count,
    path: z.string(),
    bytes: count,
    sha256: z.string(),
    removed: z.array(z.string()),
  }),
  z.strictObject({ type: z.literal('environment'), environment: z.record(z.string(), z.union([z.string(), z.number()])) }),
  z.strictObject({ type: z.literal('finished'), outcome: z.enum(['completed', 'stopped']), iteration: count }),
  z.strictObject({ type: z.literal('failed'), code: z.string(), message: z.string() }),
]) satisfies z.ZodType<TrainerEvent>

function parse<T>(schema: z.ZodType<T>, raw: unknown, whose: string): T {
  const result = schema.safeParse(raw)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new GpoError('training', `${whose} sent a message that cannot be read: ${issue?.path.join('.') || 'message'}: ${issue?.message}`)
}

/** @throws GpoError('training') */
export const parseTrainerCommand = (raw: unknown): TrainerCommand => parse(commandSchema, raw, 'the main process')

/** @throws GpoError('training') */
export const parseTrainerEvent = (raw: unknown): TrainerEvent => parse<TrainerEvent>(eventSchema, raw, 'the trainer')
