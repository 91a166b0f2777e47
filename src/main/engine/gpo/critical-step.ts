/**
 * The critical step (Yu et al. 2025, arXiv 2509.16456, section 4.1): m = argmax_i of a score of the values around step i, ties to the earliest; the
 * rules are in shared/method/critical-step.ts. With few samples the argmax is often noise, so the selection includes the probability that it is right.
 */
import { advantagesOf, argMax, type SelectingRule, scoresBy } from '@shared/method/critical-step'
import { hash, normal, uniform } from '../core/rng'
import type { StateEstimate } from './trajectory'

export interface CriticalStep {
  readonly rule: SelectingRule
  readonly step: number
  /** A of this step; null where the state after it was not visited. */
  readonly advantage: number | null
  /** Posterior probability that this step is the one the rule asks for (for `random`: that it is the largest advantage). */
  readonly confidence: number
}

/** Gamma(shape ≥ 1, 1) by Marsaglia and Tsang 2000; `draws` counts the random numbers used so far. */
function gamma(shape: number, seed: number, stream: number, draws: { n: number }): number {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(seed, stream, draws.n++)
    const v = (1 + c * x) ** 3
    if (v <= 0) continue
    const u = uniform(seed, stream ^ 0x40000000, draws.n)
    if (Math.log(1 - u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/**
 * Values of all states drawn from their posteriors, independent Beta(1 + successes, 1 + failures); a known value is itself, an unvisited state is
 * uniform. One array of K + 1 values for each of `count` draws, a function of the seed.
 */
export function posteriorDraws(states: readonly StateEstimate[], count: number, seed: number): number[][] {
  const draws = { n: 0 }
  return Array.from({ length: count }, () =>
    states.map(({ successes, samples, value }, i) => {
      if (samples === 0 && value !== null) return value
      const a = gamma(1 + successes, seed, 2 * i, draws)
      const b = gamma(1 + samples - successes, seed, 2 * i + 1, draws)
      return a / (a + b)
    }),
  )
}

const POSTERIOR_DRAWS = 400

/** How often, over draws of the values, each step is the first to reach the rule's largest score. K shares that add up to 1. */
export function winningShares(
  states: readonly StateEstimate[],
  rule: SelectingRule,
  seed: number,
  draws = POSTERIOR_DRAWS,
): number[] {
  const wins = states.slice(1).map(() => 0)
  for (const values of posteriorDraws(states, draws, seed)) wins[argMax(scoresBy(rule, values.map(exactly)))]!++
  return wins.map((count) => count / draws)
}

const exactly = (value: number) => ({ value })

/** The posterior probability that `step` is the first to reach the rule's maximum. Monte Carlo: standard error at most 0.025. */
export const selectionConfidence = (
  states: readonly StateEstimate[],
  step: number,
  rule: SelectingRule,
  seed: number,
): number => winningShares(states, rule, seed)[step]!

/** @param states of one trajectory, K + 1 ≥ 2; at least one before the end was visited */
export function selectCriticalStep(states: readonly StateEstimate[], rule: SelectingRule, seed: number): CriticalStep {
  const scores = scoresBy(rule, states)
  const step = rule === 'random' ? hash(seed, 0, 0) % scores.length : argMax(scores)
  return {
    rule,
    step,
    advantage: advantagesOf(states)[step]!,
    confidence: selectionConfidence(states, step, rule, seed),
  }
}
