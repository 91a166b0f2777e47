/** An evaluation that a person asked for: a model on rows of data, judged by a verifier. Evaluations inside a run are in events.ts. */
import { z } from 'zod'
import { VERDICT_STATUSES, type VerdictStatus, verifierSchema } from './verifier'

/** What is asked of every model of an evaluation. */
export const evaluationSettingsSchema = z.strictObject({
  /** Null: the data's own, or the one that suits it. */
  verifier: verifierSchema.nullable(),
  /** Wrap prompts in the model's chat template, where it has one. */
  chatTemplate: z.boolean(),
  /** Rows from the first; null for all. */
  limit: z.number().int().min(1).max(1_000_000).nullable(),
  /** Samples per row besides the greedy answer. */
  samples: z.number().int().min(0).max(256),
  /** Of the samples. */
  temperature: z.number().gt(0).max(10),
  maxNewTokens: z.number().int().min(1).max(32768),
  seed: z.number().int().min(0).max(0xffffffff),
})

/** The same as it was in the end. A terminal may ask for more than the window offers, so that numbers have no limits here. */
export const askedSettingsSchema = z.object({
  verifier: verifierSchema,
  /** Around every prompt, before the chat template. */
  template: z.string(),
  chatTemplate: z.boolean(),
  limit: z.number().nullable(),
  samples: z.number(),
  temperature: z.number(),
  maxNewTokens: z.number(),
  seed: z.number(),
})
export type AskedSettings = z.infer<typeof askedSettingsSchema>

export const EVALUATION_STATES = ['queued', 'running', 'done', 'failed', 'cancelled', 'interrupted'] as const
export type EvaluationState = (typeof EVALUATION_STATES)[number]

export interface EvaluationResult {
  readonly n: number
  readonly greedy: {
    readonly accuracy: number
    readonly correct: number
    readonly statuses: Readonly<Record<VerdictStatus, number>>
  }
  /** Only if samples were requested. */
  readonly sampled: {
    readonly samples: number
    /** Unbiased estimate of pass@k (Chen et al. 2021, arXiv 2107.03374) for k = 1, 2, 4, … and the number of samples. */
    readonly passAtK: Readonly<Record<string, number>>
    /** Their 90 % intervals over rows. */
    readonly passAtKIntervals: Readonly<Record<string, readonly [low: number, high: number]>>
    /** Share of rows whose most frequent answer is correct; ties go to the answer that came first. */
    readonly majorityAtK: number
    readonly statuses: Readonly<Record<VerdictStatus, number>>
  } | null
  /** Where answers were cut: as asked, or where the model's context ends after the longest prompt. */
  readonly maxNewTokens: number
  readonly tokens: number
  readonly seconds: number
}

const count = z.number().int().min(0)
const statuses = z.record(z.enum(VERDICT_STATUSES), count)

export const evaluationResultSchema: z.ZodType<EvaluationResult, EvaluationResult> = z.object({
  n: count,
  greedy: z.object({ accuracy: z.number(), correct: count, statuses }),
  sampled: z
    .object({
      samples: count,
      passAtK: z.record(z.string(), z.number()),
      passAtKIntervals: z.record(z.string(), z.tuple([z.number(), z.number()])),
      majorityAtK: z.number(),
      statuses,
    })
    .nullable(),
  maxNewTokens: count,
  tokens: count,
  seconds: z.number(),
})

/** A row with its answers. */
export interface EvaluatedRow {
  readonly row: number
  readonly prompt: string
  readonly reference: string
  /** The greedy answer. */
  readonly completion: string
  readonly tokens: number
  readonly status: VerdictStatus
  readonly extracted: string | null
  readonly sampled: {
    readonly correct: number
    /** The most frequent answer; null if no sample has one. */
    readonly majority: string | null
    readonly isMajorityCorrect: boolean
  } | null
}

export interface EvaluationSummary {
  readonly id: string
  readonly state: EvaluationState
  /** Names of the model and the data when it was asked for. */
  readonly model: string
  readonly data: string
  readonly settings: AskedSettings
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly error: string | null
  readonly result: EvaluationResult | null
}
