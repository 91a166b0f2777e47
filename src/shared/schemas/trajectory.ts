import type { CriticalRule } from '../method/critical-step'
import type { VerdictStatus } from './verifier'

/** One reasoning step: tokens [start, end) of the completion. The steps' texts joined give the completion back exactly. */
export interface StepRecord {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * The Monte Carlo estimate at one state s_i, the state before step i (s_0 = the prompt, s_K = the end).
 * V = successes / samples; the last state's value is the trajectory's own reward, with samples = 0 saying "known". A search that does not visit every
 * state leaves the others with samples = 0 and null.
 */
export interface StateRecord {
  readonly successes: number
  readonly samples: number
  readonly value: number | null
}

export interface CriticalRecord {
  readonly rule: CriticalRule
  /** Index m of the critical step; the reset keeps the steps before it. */
  readonly step: number
  /** A of this step; null where the search did not visit the state after it. */
  readonly advantage: number | null
  /** Posterior probability that this step is the one the rule asks for. */
  readonly confidence: number
}

/** How another program sampled tokens. */
export interface SampledRecord {
  /** Its address. */
  readonly engine: string
  /** Optimiser steps of the policy it had. */
  readonly version: number
  /** Log-probabilities that it gave, of the new tokens. */
  readonly logprobs: readonly number[]
}

/** A continuation sampled from a state of the trajectory: to estimate its value, or after the reset. */
export interface ContinuationRecord {
  readonly state: number
  readonly purpose: 'value' | 'reset'
  /** True if it entered the training batch. */
  readonly trained: boolean
  readonly tokens: number
  readonly text: string
  readonly reward: number
  readonly status: VerdictStatus
  /** It ended when its verdict was settled, so that it is no whole answer; with 0 tokens, before it began. */
  readonly unfinished?: true
  /** Absent: sampled by the trainer. */
  readonly sampled?: SampledRecord
}

export interface TrajectoryRecord {
  readonly iteration: number
  /** Position in the iteration, from 0. */
  readonly index: number
  /** Row of the training data, from 0: see `Example`. */
  readonly row: number
  readonly prompt: string
  readonly reference: string
  readonly text: string
  readonly tokens: number
  readonly reward: number
  readonly status: VerdictStatus
  readonly extracted: string | null
  readonly steps: readonly StepRecord[]
  /** K + 1 states for K steps; empty when values were not estimated. */
  readonly states: readonly StateRecord[]
  readonly critical: CriticalRecord | null
  readonly continuations: readonly ContinuationRecord[]
  /** Absent: sampled by the trainer. */
  readonly sampled?: SampledRecord
}
