/** Trajectories of a run: values, critical steps, continuations, and samples by hand. */
import { z } from 'zod'
import type { StoredTrajectory, TrajectoryPage, TrajectoryRow } from '../schemas/run'
import { VERDICT_STATUSES, type VerdictStatus } from '../schemas/verifier'
import type { StepKinds } from '../statistics/step-kinds'
import { done, eventIterator, oc, runId, type } from './base'

/** A continuation that a person sampled in the explorer; never part of the run's statistics. */
export interface HandContinuation {
  readonly id: number
  /** The state it starts from. */
  readonly state: number
  /** Iteration of the checkpoint whose weights sampled it; null: the model before training. */
  readonly checkpoint: number | null
  readonly temperature: number
  readonly tokens: number
  readonly text: string
  readonly reward: number
  readonly status: VerdictStatus
  readonly createdAt: number
}

export interface ExplorerTrajectory extends StoredTrajectory {
  /** 90 % Wilson interval of each state's value. */
  readonly intervals: readonly (readonly [number, number])[]
  /** A of each step: V after it minus V before it; null where the search did not visit one of the two states. */
  readonly advantages: readonly (number | null)[]
  readonly byHand: readonly HandContinuation[]
}

export interface NewerTrajectories {
  readonly count: number
  /** Id; null where there is none. */
  readonly newest: number | null
}

/** A token of a trajectory as a checkpoint sees it, at temperature 1. */
export interface OverlayToken {
  readonly text: string
  readonly probability: number
  /** Of the distribution it was one of, in nats. */
  readonly entropy: number
  /** KL divergence of that distribution from the reference's, in nats. */
  readonly divergence: number
}

export type OverlayEvent =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'done'; readonly tokens: readonly OverlayToken[] }

/** What another run sampled from the same prompt. */
export interface PromptElsewhere {
  readonly run: string
  readonly name: string
  readonly rows: readonly TrajectoryRow[]
}

export interface CriticalPositions {
  /** Columns of the heat map: the first iteration of each, and how many critical steps fell in each tenth of the trajectory. */
  readonly columns: readonly { readonly iteration: number; readonly counts: readonly number[] }[]
  /** A sample of all critical steps. Position: 0 = first step, 1 = last. */
  readonly points: readonly { readonly id: number; readonly position: number; readonly advantage: number }[]
  readonly total: number
}

export interface ExplorerPair {
  readonly id: number
  readonly iteration: number
  readonly index: number
  readonly state: number
  readonly chosen: string
  readonly rejected: string
}

/** Two answers to the same question, each a beginning of one trajectory with a continuation that was sampled there. Without verdicts and values. */
export interface BlindPair {
  readonly trajectory: number
  readonly prompt: string
  /** Of the trajectory's continuations. */
  readonly left: number
  readonly right: number
  readonly leftText: string
  readonly rightText: string
}

export const BLIND_CHOICES = ['left', 'right', 'neither'] as const
export type BlindChoice = (typeof BLIND_CHOICES)[number]

/** How a person's choices agree with what the run measured. */
export interface BlindAgreement {
  readonly judged: number
  /** Labels that chose one of two with different values, and those that chose the one from the state of higher value. */
  readonly value: { readonly of: number; readonly agreed: number }
  /** The same for the verdicts of the two continuations. */
  readonly verdict: { readonly of: number; readonly agreed: number }
}

/** What the run had measured for a pair that was just judged. */
export interface BlindReveal {
  readonly leftValue: number
  readonly rightValue: number
  readonly leftStatus: VerdictStatus
  readonly rightStatus: VerdictStatus
}

export type ContinueEvent =
  | { readonly type: 'loading' }
  | { readonly type: 'progress'; readonly tokens: number; readonly seconds: number }
  | { readonly type: 'sampled'; readonly continuations: readonly HandContinuation[] }

const share = z.number().min(0).max(1)
const id = z.number().int().min(1)
const state = z.number().int().min(0).max(10_000)

export const trajectoryFilterSchema = z.strictObject({
  iteration: z.number().int().min(0).optional(),
  iterations: z.strictObject({ min: z.number().optional(), max: z.number().optional() }).optional(),
  row: z.number().int().min(0).optional(),
  statuses: z.array(z.enum(VERDICT_STATUSES)).max(5).optional(),
  reward: z.strictObject({ min: z.number().optional(), max: z.number().optional() }).optional(),
  minAdvantage: share.optional(),
  position: z.strictObject({ min: share.optional(), max: share.optional() }).optional(),
  text: z.string().max(1000).optional(),
  upTo: id.optional(),
})

export const explorerContract = {
  list: oc
    .input(
      z.strictObject({
        run: runId,
        filter: trajectoryFilterSchema.optional(),
        order: z.enum(['newest', 'oldest', 'advantage']).optional(),
        cursor: z.string().max(200).optional(),
        limit: z.number().int().min(1).max(200).optional(),
      }),
    )
    .output(type<TrajectoryPage>()),
  /** How many trajectories that fit the filter were recorded after this one, and the last of them. */
  newer: oc
    .input(z.strictObject({ run: runId, filter: trajectoryFilterSchema.optional(), after: id }))
    .output(type<NewerTrajectories>()),
  get: oc.input(z.strictObject({ id })).output(type<ExplorerTrajectory>()),
  /** One HTML file that shows the trajectory without this program and without a network. */
  html: oc.input(z.strictObject({ id })).output(type<{ readonly fileName: string; readonly text: string }>()),
  /** Every trajectory of one prompt, in the order of training. */
  follow: oc
    .input(z.strictObject({ run: runId, row: z.number().int().min(0) }))
    .output(type<readonly TrajectoryRow[]>()),
  /** The same row and prompt in other runs, newest run first: their trajectories in the order of training. */
  elsewhere: oc.input(z.strictObject({ id })).output(type<readonly PromptElsewhere[]>()),
  /** What kinds of steps are critical, from a sample of the run's trajectories. */
  kinds: oc.input(z.strictObject({ run: runId })).output(type<StepKinds>()),
  positions: oc.input(z.strictObject({ run: runId })).output(type<CriticalPositions>()),
  /** Probability, entropy and KL divergence from the model before training, at every token of the completion. Ending the stream ends the work. */
  overlay: oc
    .input(z.strictObject({ id, checkpoint: z.number().int().min(1).nullable() }))
    .output(eventIterator(type<OverlayEvent>())),
  /**
   * Samples from a state of a trajectory with a checkpoint's weights, or the base model's (null); the samples are stored and marked as made by
   * hand.
   */
  sampleHere: oc
    .input(
      z.strictObject({
        id,
        state,
        count: z.number().int().min(1).max(64),
        checkpoint: z.number().int().min(1).nullable(),
        temperature: z.number().gt(0).max(10),
      }),
    )
    .output(eventIterator(type<ContinueEvent>())),
  removeByHand: oc.input(z.strictObject({ ids: z.array(id).min(1).max(1000) })).output(done),
  /** Texts after the state; the prompt of the pair is the trajectory's prompt with its steps before the state. */
  savePair: oc
    .input(z.strictObject({ id, state, chosen: z.string().max(200_000), rejected: z.string().max(200_000) }))
    .output(type<{ readonly id: number }>()),
  /** Two answers to judge, chosen by chance among those from states of different values; null where the run has none. */
  blindPair: oc.input(z.strictObject({ run: runId })).output(type<BlindPair | null>()),
  /** Keeps which one a person found better, and says what the run had measured. */
  judgeBlind: oc
    .input(
      z.strictObject({
        id,
        left: z.number().int().min(0).max(100_000),
        right: z.number().int().min(0).max(100_000),
        chosen: z.enum(BLIND_CHOICES),
      }),
    )
    .output(type<BlindReveal>()),
  blindAgreement: oc.input(z.strictObject({ run: runId })).output(type<BlindAgreement>()),
  pairs: oc.input(z.strictObject({ run: runId })).output(type<readonly ExplorerPair[]>()),
  removePair: oc.input(z.strictObject({ id })).output(done),
}
