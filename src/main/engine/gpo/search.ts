/**
 * Searches: which states get continuations, and how many.
 *
 *   exhaustive  N at every state (Yu et al. 2025, arXiv 2509.16456, section 4.1): K · N continuations
 *   bisect      N at the middle of what is left, until one is undecided (pivotal token search, Abdin et al. 2024, arXiv 2412.08905): about 2 · N.
 *               On a failed trajectory an all-wrong state is too late and an all-right one too early; on a right one the other way round.
 *   adaptive    one at every state, then one at a time to those that still could win, until one of them probably does or half of K · N is spent
 *
 * All trajectories are searched side by side: a round is one call of the sampler.
 */
import { argMax, isScoredByState, type SelectingRule, scoresBy } from '@shared/method/critical-step'
import type { Search } from '@shared/method/search'
import { deriveSeed } from '../core/rng'
import { STREAM } from '../core/streams'
import { winningShares } from './critical-step'
import type { Rollout, Sampling, Segmented, StateEstimate, Valued } from './trajectory'
import { openValues, type Probe, type Values } from './value'

export interface SearchOptions {
  readonly search: Search
  /** N */
  readonly samples: number
  readonly rule: SelectingRule
  /** Rollouts from the prompts that were sampled before; s_0 is then not sampled again. */
  readonly known?: readonly Rollout[]
}

/** Brings the state to `samples` continuations, if it has fewer. */
const fillUp = (values: Values, trajectory: number, state: number, samples: number): Probe => ({
  trajectory,
  state,
  count: Math.max(0, samples - values.states(trajectory)[state]!.samples),
})

const isWanted = ({ count }: Probe) => count > 0

async function exhaustive(values: Values, { samples }: SearchOptions): Promise<void> {
  const probes = values.trajectories.flatMap(({ steps }, t) =>
    steps.map((_, state) => fillUp(values, t, state, samples)),
  )
  await values.probe(probes.filter(isWanted))
}

/** The states where a bisection may still look: [low, high]. */
interface Bracket {
  readonly trajectory: number
  readonly low: number
  readonly high: number
}

/** Undecided enough to stop: a quarter to three quarters of the continuations succeed. */
const isUndecided = (value: number) => value >= 0.25 && value <= 0.75

async function bisect(values: Values, { samples, known }: SearchOptions): Promise<void> {
  const first = known ? 1 : 0 // rollouts from the prompt have shown what s_0 is
  let open: Bracket[] = values.trajectories.map(({ steps }, trajectory) => ({
    trajectory,
    low: Math.min(first, steps.length - 1),
    high: steps.length - 1,
  }))
  while (open.length > 0) {
    const middle = ({ low, high }: Bracket) => Math.floor((low + high) / 2)
    await values.probe(
      open.map((bracket) => fillUp(values, bracket.trajectory, middle(bracket), samples)).filter(isWanted),
    )
    open = open.flatMap((bracket) => {
      const { trajectory, low, high } = bracket
      const at = middle(bracket)
      const value = values.states(trajectory)[at]!.value!
      if (isUndecided(value)) return []
      // A right trajectory climbs to 1: where everything fails is too early. A wrong one falls to 0: there it is too late.
      const isTooEarly = values.trajectories[trajectory]!.verdict.reward > 0 === value < 0.5
      const rest = isTooEarly ? { trajectory, low: at + 1, high } : { trajectory, low, high: at - 1 }
      return rest.low <= rest.high ? [rest] : []
    })
  }
}

/** A search ends when the leading step wins in this share of the draws from the posterior. */
const ENOUGH = 0.8
/** Draws of the posterior in each round. */
const DRAWS = 100

/** Of the states that a step's score depends on, the one with the fewest continuations, and fewer than N; null if there is none. */
function stateToSample(
  states: readonly StateEstimate[],
  step: number,
  { rule, samples }: SearchOptions,
): number | null {
  const isLast = step + 1 === states.length - 1
  const needed = isScoredByState(rule) || isLast ? [step] : [step, step + 1]
  const lacking = needed.filter((state) => states[state]!.samples < samples)
  return lacking.length === 0 ? null : lacking.reduce((a, b) => (states[b]!.samples < states[a]!.samples ? b : a))
}

/**
 * Top-two sampling (Russo 2016, arXiv 1602.08448): one more continuation for the leading step and one for the other step that most probably is better
 * in truth. @returns the states to sample from; none when the search of this trajectory is over
 */
function contenders(states: readonly StateEstimate[], options: SearchOptions, seed: number): number[] {
  const shares = winningShares(states, options.rule, seed, DRAWS)
  const leader = argMax(scoresBy(options.rule, states))
  const wanted = stateToSample(states, leader, options)
  if (wanted === null && shares[leader]! >= ENOUGH) return []
  const others = shares.map((share, step) =>
    step === leader || stateToSample(states, step, options) === null ? -1 : share,
  )
  const second = argMax(others)
  const chosen = [wanted, others[second]! > 0 ? stateToSample(states, second, options) : null]
  return [...new Set(chosen.filter((state) => state !== null))]
}

async function adaptive(values: Values, options: SearchOptions, seed: number): Promise<void> {
  const { samples } = options
  const all = values.trajectories.flatMap(({ steps }, t) => steps.map((_, state) => fillUp(values, t, state, 1)))
  await values.probe(all.filter(isWanted))
  const spent = values.trajectories.map(({ steps }) => steps.length)
  const most = values.trajectories.map(({ steps }) => Math.max(samples, Math.ceil((steps.length * samples) / 2)))
  for (let round = 0; ; round++) {
    const probes = values.trajectories.flatMap((_, trajectory): Probe[] => {
      const left = most[trajectory]! - spent[trajectory]!
      if (left <= 0) return []
      const chosen = contenders(values.states(trajectory), options, deriveSeed(seed, STREAM.search, trajectory, round))
      return chosen.slice(0, left).map((state) => ({ trajectory, state, count: 1 }))
    })
    if (probes.length === 0) return
    for (const { trajectory } of probes) spent[trajectory]!++
    await values.probe(probes)
  }
}

/** Values of the trajectories' states, as many of them and as exactly as the search asks for. */
export async function estimateValues(
  sampling: Sampling,
  trajectories: readonly Segmented[],
  options: SearchOptions,
): Promise<Valued[]> {
  const values = openValues(sampling, trajectories, options.known)
  if (options.search === 'bisect') await bisect(values, options)
  else if (options.search === 'adaptive') await adaptive(values, options, sampling.seed)
  else await exhaustive(values, options)
  return values.valued()
}
