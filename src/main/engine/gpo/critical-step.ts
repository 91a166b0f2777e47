/**
 * The critical step (Yu et al. 2025, arXiv 2509.16456, section 4.1): A(s_i, y_i) = V(s_{i+1}) − V(s_i), m = argmax_i A(s_i, y_i); ties go to
 * the earliest step. With few samples the argmax is often noise, so the selection includes the probability that it is right.
 */
import { advantagesOf, argMax, SCORE, type SelectingRule } from '@shared/method/critical-step'
import { hash, normal, uniform } from '../core/rng'
import type { StateEstimate } from './trajectory'

export interface CriticalStep {
  readonly rule: SelectingRule
  readonly step: number
  readonly advantage: number
  /** Posterior probability that this step is the one the rule asks for (for `random`: that it is the largest advantage). */
  readonly confidence: number
}

/** A_i for each step, from K + 1 states. */
export const advantages = (states: readonly StateEstimate[]): number[] => advantagesOf(states)

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

const POSTERIOR_DRAWS = 400

/**
 * The probability, under independent Beta(1 + successes, 1 + failures) posteriors of the estimated states, that `step` is the first
 * to reach the rule's maximum. Monte Carlo over the posterior: standard error at most 0.025.
 */
export function selectionConfidence(
  states: readonly StateEstimate[],
  step: number,
  rule: SelectingRule,
  seed: number,
): number {
  const draws = { n: 0 }
  let agreements = 0
  for (let draw = 0; draw < POSTERIOR_DRAWS; draw++) {
    const values = states.map(({ successes, samples, value }, i) => {
      if (samples === 0) return value
      const a = gamma(1 + successes, seed, 2 * i, draws)
      const b = gamma(1 + samples - successes, seed, 2 * i + 1, draws)
      return a / (a + b)
    })
    const scores = values.slice(1).map((value, i) => SCORE[rule](value - values[i]!))
    if (argMax(scores) === step) agreements++
  }
  return agreements / POSTERIOR_DRAWS
}

/** @param states of one trajectory, K + 1 ≥ 2 */
export function selectCriticalStep(states: readonly StateEstimate[], rule: SelectingRule, seed: number): CriticalStep {
  const gains = advantages(states)
  const step = rule === 'random' ? hash(seed, 0, 0) % gains.length : argMax(gains.map(SCORE[rule]))
  return { rule, step, advantage: gains[step]!, confidence: selectionConfidence(states, step, rule, seed) }
}
