/** Plans before they run: checked against model and data, previewed, measured, read from files. */
import { z } from 'zod'
import type { Rates } from '../plan/cost-estimate'
import type { PlanFacts } from '../plan/facts'
import type { PlanIssue } from '../plan/issue'
import { type Plan, planSchema, segmentationSchema } from '../schemas/plan'
import { eventIterator, oc, type } from './base'
import { grantId } from './system'

export interface PlanReport {
  /** Problems of the plan with its model and its data. */
  readonly issues: readonly PlanIssue[]
  /** Null where model or data cannot be read; an issue says why. */
  readonly facts: PlanFacts | null
}

export interface PreviewStep {
  readonly text: string
  readonly tokens: number
}

export interface StepsPreview {
  /** The steps contain the whole text; nothing of a long one is cut off. */
  readonly steps: readonly PreviewStep[]
  readonly tokens: number
  /** The source of the text. */
  readonly source: 'completion' | 'trajectory' | 'reference' | 'typed'
  /** Row of the data it belongs to; null for a typed one. */
  readonly row: number | null
  /** The question; null for a typed text. */
  readonly prompt: string | null
  /** Number of texts to choose from. */
  readonly count: number
}

/** Measured rates, and where they were measured. */
export interface MeasuredRates {
  readonly rates: Rates
  readonly run: { readonly id: string; readonly name: string; readonly iterations: number }
}

export type ProbeEvent =
  | {
      readonly type: 'progress'
      readonly label: string
      readonly done: number
      readonly total: number
    }
  | {
      readonly type: 'done'
      readonly rates: Rates
      /** Prompts of the measured iteration. */
      readonly prompts: number
      readonly device: string
      /** Largest resident memory of the process, with the small batch that was measured. */
      readonly peakBytes: number
    }

export const plansContract = {
  check: oc.input(z.strictObject({ plan: planSchema })).output(type<PlanReport>()),
  /** A text of the chosen data, or a typed one, cut into the steps it would get. */
  preview: oc
    .input(
      z.strictObject({
        model: planSchema.shape.model.shape.path,
        train: planSchema.shape.data.shape.train.nullable(),
        segmentation: segmentationSchema,
        /** Index of the text in the data. */
        index: z.number().int().min(0).default(0),
        /** A typed text; takes precedence over the data. */
        text: z.string().max(20_000).nullable().default(null),
      }),
    )
    .output(type<StepsPreview | null>()),
  /** Rates of an earlier run with the same model and backend; null if there is none. */
  rates: oc.input(z.strictObject({ plan: planSchema, isOffline: z.boolean() })).output(type<MeasuredRates | null>()),
  /** Runs a small part of an iteration on the real model and throws it away. Ending the stream stops it. */
  probe: oc.input(z.strictObject({ plan: planSchema })).output(eventIterator(type<ProbeEvent>())),
  /** A plan from a file that was chosen. */
  read: oc.input(z.strictObject({ grant: grantId })).output(type<{ readonly plan: Plan; readonly file: string }>()),
}
