/** Evaluations of any model on any data, and their comparison row by row. */
import { z } from 'zod'
import { type EvaluatedRow, type EvaluationSummary, evaluationSettingsSchema } from '../schemas/evaluation'
import type { VerifierConfig } from '../schemas/verifier'
import type { PairedComparison, PairedCounts } from '../statistics/mcnemar'
import { asked, done, eventIterator, oc, type } from './base'
import { modelReferenceSchema, rowSourceSchema } from './playground'

export const MAX_MODELS = 12

export const evaluationRequestSchema = z.strictObject({
  /** Each is an evaluation of its own. */
  models: z.array(modelReferenceSchema).min(1).max(MAX_MODELS),
  source: rowSourceSchema,
  settings: evaluationSettingsSchema,
})
export type EvaluationRequest = z.infer<typeof evaluationRequestSchema>

/** What the form shows of the data before anything is asked. */
export interface EvaluationData {
  readonly rows: number
  readonly badRows: number
  readonly verifier: VerifierConfig
  readonly chatTemplate: boolean
  /** From the run whose data it is; null for other data. */
  readonly maxNewTokens: number | null
}

/** Which rows: all, or by the greedy answer. */
export const OUTCOMES = ['all', 'correct', 'wrong', 'noAnswer'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Rows of two evaluations by who was right. */
export const PAIRINGS = ['onlyFirst', 'onlySecond', 'both', 'neither'] as const
export type Pairing = (typeof PAIRINGS)[number]

export interface EvaluationComparison {
  readonly first: EvaluationSummary
  readonly second: EvaluationSummary
  readonly counts: PairedCounts
  /** Of the greedy answers; null without common rows. */
  readonly greedy: PairedComparison | null
  /** Of the shares of correct samples, where both have them: second minus first with its 90 % interval. */
  readonly sampled: { readonly difference: number; readonly low: number; readonly high: number } | null
  /** Rows that only one of them has. */
  readonly unpaired: number
  /** Settings that differ and make the comparison less clear, in sentences. */
  readonly warnings: readonly string[]
}

export interface RowPage {
  readonly total: number
  readonly rows: readonly EvaluatedRow[]
}

export interface RowPair {
  readonly first: EvaluatedRow
  readonly second: EvaluatedRow
}

export interface RowPairPage {
  readonly total: number
  readonly pairs: readonly RowPair[]
}

export interface EvaluationProgress {
  readonly id: string
  readonly label: string
  readonly done: number
  readonly total: number
  /** Of this part; null before anything was done. */
  readonly secondsLeft: number | null
}

export type EvaluationEvent =
  /** Sent first, and when one was added, removed or changed its state. */
  { readonly type: 'evaluations' } | ({ readonly type: 'progress' } & EvaluationProgress)

/** A table as text, to be saved. */
export interface EvaluationText {
  readonly fileName: string
  readonly text: string
}

export const evaluationId = z.string().regex(/^[\w-][\w.-]{0,99}$/, { error: 'expected the id of an evaluation' })
const ofEvaluation = z.strictObject({ id: evaluationId })
const ofPair = z.strictObject({ first: evaluationId, second: evaluationId })
const page = {
  /** Part of the prompt or of an answer. */
  text: z.string().max(1000).default(''),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(1).max(200).default(50),
}

export const storedRequestSchema = evaluationRequestSchema
  .omit({ models: true })
  .extend({ model: modelReferenceSchema })
export type StoredRequest = z.infer<typeof storedRequestSchema>

export const evaluationsContract = {
  /** Newest first. */
  list: asked.output(type<readonly EvaluationSummary[]>()),
  get: oc.input(ofEvaluation).output(type<EvaluationSummary>()),
  /** Reads the data: how many rows it has and how they are judged. */
  data: oc.input(z.strictObject({ source: rowSourceSchema })).output(type<EvaluationData>()),
  /** One evaluation for each model, in the order given, one after another. */
  start: oc.input(evaluationRequestSchema).output(type<{ readonly ids: readonly string[] }>()),
  /** The same again, as a new evaluation. */
  repeat: oc.input(ofEvaluation).output(type<{ readonly id: string }>()),
  cancel: oc.input(ofEvaluation).output(done),
  remove: oc.input(ofEvaluation).output(done),
  rows: oc.input(ofEvaluation.extend({ outcome: z.enum(OUTCOMES).default('all'), ...page })).output(type<RowPage>()),
  compare: oc.input(ofPair).output(type<EvaluationComparison>()),
  pairs: oc.input(ofPair.extend({ pairing: z.enum(PAIRINGS), ...page })).output(type<RowPairPage>()),
  /** All rows of one, or of two side by side, as CSV. */
  csv: oc
    .input(z.strictObject({ first: evaluationId, second: evaluationId.nullable() }))
    .output(type<EvaluationText>()),
  live: asked.output(eventIterator(type<EvaluationEvent>())),
}
