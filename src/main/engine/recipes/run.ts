/** The input of every training procedure, and its result after each iteration. */
import { learnsFromRewards } from '@shared/method/guided'
import { stepsPerIteration } from '@shared/method/optimiser-steps'
import type { Phase } from '@shared/schemas/events'
import type { Plan } from '@shared/schemas/plan'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import type { Verdict } from '@shared/schemas/verifier'
import { deriveSeed, permutation } from '../core/rng'
import { STREAM } from '../core/streams'
import type { Task } from '../gpo/trajectory'
import type { TokenSequence } from '../policy/batch'
import type { Learner } from '../policy/learner'
import type { Policy } from '../policy/policy'
import { createScorer, type ForwardSettings, type Scorer } from '../policy/score'
import type { Sampler } from '../rollout/sampler'
import type { Backend } from '../tensor/backend'
import type { LabelledSequence, SequencePair } from './sequences'

/** Functions on text, for segmentation, verification and records. */
export interface TextCodec {
  decode(tokens: Int32Array): string
  /** A prompt as text, from which the same tokens can be made again. */
  prompt(tokens: Int32Array): string
  /** The text of each token; joined they are `decode(tokens)`. */
  pieces(tokens: Int32Array): readonly string[]
}

/** How rollouts are sampled, wherever that is. */
type SamplingPlan = Pick<Plan, 'seed'> & {
  readonly rollout: Pick<Plan['rollout'], 'maxNewTokens' | 'temperature' | 'topP' | 'topK' | 'lanes'>
}

/** What sampling and judging need, in a run and in a job without training. */
export interface RolloutSource {
  readonly plan: SamplingPlan
  readonly policy: Policy
  readonly sampler: Sampler
  /** Samples what is trained on, on other programs; absent: `sampler` does. Evaluations are always sampled here. */
  readonly fleet?: Sampler
  readonly text: TextCodec
  readonly stopTokens: readonly number[]
  /** @param completion text without the stop token */
  readonly verify: (completion: string, reference: string, isTruncated: boolean) => Verdict
  /** The verdict on every completion that begins so, where it is known before its end; absent where only whole completions tell. */
  readonly settled?: ((beginning: string, reference: string) => Verdict | null) | undefined
  readonly onProgress: (phase: Phase, iteration: number, done: number, total: number, tokens: number) => void
}

/** The same, with what segmenting trajectories needs. */
export interface GuidedSource extends RolloutSource {
  readonly plan: SamplingPlan & Pick<Plan, 'gpo'>
}

export interface Run extends GuidedSource {
  readonly plan: Plan
  /** Optimiser steps done: the version of the policy. */
  readonly version: () => number
  readonly backend: Backend
  readonly scorer: Scorer
  readonly tasks: readonly Task[]
  readonly evaluationTasks: readonly Task[]
  /** Prompts whose answers, of at most this many tokens, are followed from iteration to iteration. */
  readonly probes: { readonly tasks: readonly Task[]; readonly maxNewTokens: number }
  /** Prompts with the completions to imitate; for SFT. */
  readonly demonstrations: readonly TokenSequence[]
  /** Pairs in the data; if there are any, pairwise objectives train on them and sample nothing. */
  readonly pairs: readonly SequencePair[]
  /** Labelled completions in the data; if there are any, KTO trains on them and samples nothing. */
  readonly labelled: readonly LabelledSequence[]
}

export type Metrics = Readonly<Record<string, number>>

export interface IterationResult {
  readonly metrics: Metrics
  readonly trajectories: readonly TrajectoryRecord[]
}

/** A training procedure, ready to iterate. Everything random in iteration i is a function of the plan's seed and i. */
export interface Procedure {
  readonly learner: Pick<Learner, 'steps' | 'snapshot' | 'restore'>
  iterate(iteration: number): Promise<IterationResult>
}

/** The temperature of every log-probability that a loss compares: the rollouts' for policy gradients, 1 for likelihoods. */
const temperatureOf = ({ objective, rollout }: Plan): number =>
  learnsFromRewards(objective.kind) ? rollout.temperature : 1

/** How a loss runs the model. */
export const forwardSettings = ({ policy, plan }: Run): ForwardSettings => ({
  config: policy.config,
  temperature: temperatureOf(plan),
  recomputesLayers: plan.budget.recomputeLayers,
})

/** The scorer of a run: its log-probabilities are of the same kind as the loss's. */
export const scorerOf = (backend: Backend, config: Policy['config'], plan: Plan): Scorer =>
  createScorer(backend, config, { maxTokens: plan.budget.microbatchTokens, temperature: temperatureOf(plan) })

/** `count` items from position `from` of an endless sequence: the data in a new random order each epoch. */
export function takeShuffled<T>(items: readonly T[], from: number, count: number, seed: number): T[] {
  const orders = new Map<number, Int32Array>()
  return Array.from({ length: count }, (_, i) => {
    const epoch = Math.floor((from + i) / items.length)
    const order = orders.get(epoch) ?? permutation(items.length, deriveSeed(seed, STREAM.dataOrder, epoch))
    orders.set(epoch, order)
    return items[order[(from + i) % items.length]!]! // order contains indices of items
  })
}

/** The prompts of an iteration, counted from 1. */
export function promptsOf(run: Run, iteration: number): Task[] {
  const count = run.plan.budget.promptsPerIteration
  return takeShuffled(run.tasks, (iteration - 1) * count, count, run.plan.seed)
}

/** Prompts of a further wave, when an iteration's own gave too few pairs: random rows, a function of seed, iteration and wave. */
export function laterPrompts({ plan, tasks }: Run, iteration: number, wave: number): Task[] {
  const seed = deriveSeed(plan.seed, STREAM.laterPrompts, iteration, wave)
  return takeShuffled(tasks, 0, plan.budget.promptsPerIteration, seed)
}

/** Number of rows in one epoch. */
export const rowCount = ({ demonstrations, pairs, labelled, tasks }: Run): number =>
  demonstrations.length || pairs.length || labelled.length || tasks.length

/** Optimiser steps of the whole plan, for the learning-rate schedule. */
export const totalSteps = ({ objective, budget }: Plan): number => budget.iterations * stepsPerIteration({ objective })
