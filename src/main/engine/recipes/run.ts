/** What every training procedure gets, and what it gives back after each iteration. */
import type { Phase } from '@shared/schemas/events'
import type { Plan } from '@shared/schemas/plan'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import type { Verdict } from '@shared/schemas/verifier'
import { deriveSeed, permutation } from '../core/rng'
import type { Sampling, Task } from '../gpo/trajectory'
import type { TokenSequence } from '../policy/batch'
import type { Learner } from '../policy/learner'
import type { Policy } from '../policy/policy'
import type { Scorer } from '../policy/score'
import type { Sampler } from '../rollout/sampler'
import type { Backend } from '../tensor/backend'

/** Text, for what needs it: segmentation, verification, records. */
export interface TextCodec {
  decode(tokens: Int32Array): string
  /** The text of each token; joined they are `decode(tokens)`. */
  pieces(tokens: Int32Array): readonly string[]
}

export interface Run {
  readonly plan: Plan
  readonly backend: Backend
  readonly policy: Policy
  readonly sampler: Sampler
  readonly scorer: Scorer
  readonly text: TextCodec
  readonly stopTokens: readonly number[]
  /** @param completion text without the stop token */
  readonly verify: (completion: string, reference: string, isTruncated: boolean) => Verdict
  readonly tasks: readonly Task[]
  readonly evaluationTasks: readonly Task[]
  /** Prompts with the completions to imitate; for SFT. */
  readonly demonstrations: readonly TokenSequence[]
  readonly onProgress: (phase: Phase, iteration: number, done: number, total: number, tokens: number) => void
}

export interface IterationResult {
  readonly metrics: Readonly<Record<string, number>>
  readonly trajectories: readonly TrajectoryRecord[]
}

/** A training procedure, ready to iterate. Everything random in iteration i is a function of the plan's seed and i. */
export interface Procedure {
  readonly learner: Learner
  iterate(iteration: number): Promise<IterationResult>
}

/** The text of a completion without its stop token, and the verdict on it. */
export function judge(run: Run, task: Task, tokens: Int32Array, isTruncated: boolean): Verdict {
  const body = isTruncated ? tokens : tokens.subarray(0, tokens.length - 1)
  return run.verify(run.text.decode(body), task.reference, isTruncated)
}

/** Sampling with the current policy in iteration `iteration`, reporting progress as `phase`. */
export async function samplingOf(run: Run, iteration: number, phase: Phase): Promise<Sampling> {
  const { temperature, topK, topP, lanes, maxNewTokens } = run.plan.rollout
  return {
    sampler: run.sampler,
    params: await run.policy.dense(),
    config: { temperature, topK, topP, lanes, stopTokens: run.stopTokens },
    maxNewTokens,
    seed: deriveSeed(run.plan.seed, iteration),
    judge: (task, tokens, isTruncated) => judge(run, task, tokens, isTruncated),
    onProgress: (done, total, tokens) => run.onProgress(phase, iteration, done, total, tokens),
  }
}

/** `count` items from position `from` of an endless sequence: the data in a new random order each epoch. */
export function takeShuffled<T>(items: readonly T[], from: number, count: number, seed: number): T[] {
  const orders = new Map<number, Int32Array>()
  return Array.from({ length: count }, (_, i) => {
    const epoch = Math.floor((from + i) / items.length)
    const order = orders.get(epoch) ?? permutation(items.length, deriveSeed(seed, 7, epoch))
    orders.set(epoch, order)
    return items[order[(from + i) % items.length]!]! // order holds indices of items
  })
}

/** The prompts of an iteration, counted from 1. */
export function promptsOf(run: Run, iteration: number): Task[] {
  const count = run.plan.budget.promptsPerIteration
  return takeShuffled(run.tasks, (iteration - 1) * count, count, run.plan.seed)
}

/** Optimiser steps of the whole plan, for the learning-rate schedule. */
export function totalSteps({ objective, budget }: Plan): number {
  const minibatches = 'minibatches' in objective ? objective.minibatches : 1
  const epochs = objective.kind === 'sft' ? 1 : objective.epochs
  return budget.iterations * epochs * minibatches
}

export const mean = (values: readonly number[]): number =>
  values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0

export function standardDeviation(values: readonly number[]): number {
  const average = mean(values)
  return values.length > 1
    ? Math.sqrt(mean(values.map((value) => (value - average) ** 2)) * (values.length / (values.length - 1)))
    : 0
}
