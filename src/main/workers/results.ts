/** The results of jobs, and the schemas with which main parses them. */
import type { OverlayToken } from '@shared/contract/explorer'
import type { GeneratedText, GeneratedToken } from '@shared/contract/playground'
import type { Rates } from '@shared/plan/cost-estimate'
import type { Doctor } from '@shared/schemas/backend'
import type { EvaluatedRow, EvaluationResult } from '@shared/schemas/evaluation'
import { BACKEND_NAMES } from '@shared/schemas/plan'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import type { VerdictStatus } from '@shared/schemas/verifier'
import { z } from 'zod'
import { count, status, trajectorySchema } from './protocol'

/** A row's answers; the prompt and the reference are known to who asked. */
export type RowAnswer = Omit<EvaluatedRow, 'prompt' | 'reference'>

/** A trajectory with 90 % intervals of its states' values and the advantages of its steps. */
export interface CriticalResult extends TrajectoryRecord {
  readonly intervals: readonly (readonly [number, number])[]
  readonly advantages: readonly (number | null)[]
}

export interface ScoreResult {
  /** Ids of prompt and completion. */
  readonly tokens: readonly number[]
  /** Of each completion token. */
  readonly logprobs: readonly number[]
  /** Of each completion token. */
  readonly text: readonly string[]
}

export interface ExportResult {
  readonly out: string
  readonly tensors: number
  readonly bytes: number
  /** Largest |written − in memory| over all weights, read back; 0 for F32. */
  readonly maxDifference: number
  /** For an adapter: the same over the base model's weights with the written adapter merged into them. */
  readonly maxMergedDifference?: number
}

/** A continuation of a trajectory, sampled by hand. */
export interface ContinuedText {
  /** After the state. */
  readonly text: string
  readonly tokens: number
  readonly reward: number
  readonly status: VerdictStatus
  readonly seed: number
}

export interface ProbeResult {
  readonly rates: Rates
  /** Prompts of the measured iteration. */
  readonly prompts: number
  readonly device: string
  /** Largest resident memory of the process. */
  readonly peakBytes: number
}

/** The items and the final result of each kind of job. */
export interface Answers {
  readonly evaluate: { readonly item: RowAnswer; readonly result: EvaluationResult }
  readonly critical: { readonly item: CriticalResult; readonly result: { readonly trajectories: number } }
  readonly continue: { readonly item: ContinuedText; readonly result: { readonly count: number } }
  readonly overlay: { readonly item: OverlayToken; readonly result: { readonly tokens: number } }
  readonly score: { readonly item: never; readonly result: ScoreResult }
  readonly export: { readonly item: never; readonly result: ExportResult }
  readonly probe: { readonly item: never; readonly result: ProbeResult }
  readonly doctor: { readonly item: never; readonly result: Doctor }
  readonly generate: { readonly item: GeneratedToken; readonly result: GeneratedText }
}

/** A schema of a declared type; if the two differ, this file does not compile. */
type Of<T> = z.ZodType<T, T>

const seconds = z.number()

export const rowAnswerSchema: Of<RowAnswer> = z.object({
  row: count,
  completion: z.string(),
  tokens: count,
  status,
  extracted: z.string().nullable(),
  sampled: z.object({ correct: count, majority: z.string().nullable(), isMajorityCorrect: z.boolean() }).nullable(),
})

export const criticalSchema: Of<CriticalResult> = trajectorySchema.extend({
  intervals: z.array(z.tuple([z.number(), z.number()])),
  advantages: z.array(z.number().nullable()),
})

export const overlaySchema: Of<OverlayToken> = z.object({
  text: z.string(),
  probability: z.number(),
  entropy: z.number(),
  divergence: z.number(),
})

export const scoreSchema: Of<ScoreResult> = z.object({
  tokens: z.array(count),
  logprobs: z.array(z.number()),
  text: z.array(z.string()),
})

/** Weights may contain NaN or infinities. */
const difference = z
  .number()
  .or(z.nan())
  .or(z.literal([Infinity, -Infinity]))

export const exportSchema: Of<ExportResult> = z.object({
  out: z.string(),
  tensors: count,
  bytes: count,
  maxDifference: difference,
  maxMergedDifference: difference.optional(),
})

export const continuedSchema: Of<ContinuedText> = z.object({
  text: z.string(),
  tokens: count,
  reward: z.number(),
  status,
  seed: count,
})

const rate = z.number().nullable()

export const probeSchema: Of<ProbeResult> = z.object({
  rates: z.object({
    rollouts: rate,
    values: rate,
    reset: rate,
    update: z.number(),
    lengths: z.object({ completionTokens: z.number(), steps: z.number(), isOffline: z.boolean() }),
  }),
  prompts: count,
  device: z.string(),
  peakBytes: count,
})

const backendName = z.enum(BACKEND_NAMES)

export const doctorSchema: Of<Doctor> = z.object({
  candidates: z.array(
    z.object({
      name: backendName,
      isAvailable: z.boolean(),
      reason: z.string().nullable(),
      device: z.string().nullable(),
      memory: z.number().nullable(),
      selfTest: difference.nullable(),
      gflops: z.number().nullable(),
    }),
  ),
  chosen: backendName.nullable(),
})

const label = z.object({ text: z.string(), isBytes: z.boolean() })

export const tokenSchema: Of<GeneratedToken> = z.object({
  id: count,
  text: z.string(),
  label,
  isStop: z.boolean(),
  probability: z.number(),
  alternatives: z.array(label.extend({ id: count, probability: z.number() })),
})

export const generatedSchema: Of<GeneratedText> = z.object({
  reason: z.enum(['end', 'length', 'stopped']),
  text: z.string(),
  tokens: count,
  promptTokens: count,
  prefillSeconds: seconds,
  seconds,
  device: z.string(),
  verdict: z.object({ reward: z.number(), extracted: z.string().nullable(), status }).nullable(),
})
