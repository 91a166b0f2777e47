/**
 * Searches: which states get continuations, and how many.
 *
 *   exhaustive  N at every state (Yu et al. 2025, arXiv 2509.16456, section 4.1): K · N continuations
 *   bisect      N at the middle of what is left, until one is undecided (pivotal token search, Abdin et al. 2024, arXiv 2412.08905): about 2 · N.
 *               On a failed trajectory an all-wrong state is too late and an all-right one too early; on a right one the other way round.
 *   adaptive    for the rule `undecided` a bisection that first samples half of N and looks into gaps in the end, for the others more for the steps that
 *               could still win; until there is a winner or half of K · N is spent
 *
 * All trajectories are searched side by side: a round is one call of the sampler.
 */
import { argMax, type SelectingRule, scoresBy } from '@shared/method/critical-step'
import type { Search } from '@shared/method/search'
import { deriveSeed } from '../core/rng'
import { STREAM } from '../core/streams'
import { winningShares } from './critical-step'
import type { Early } from './sampling'
import type { Sampling, Segmented, StateEstimate, Valued } from './trajectory'
import { openValues, type Probe, type Values } from './value'

export interface SearchOptions {
  readonly search: Search
  /** N */
  readonly samples: number
  readonly rule: SelectingRule
  /**
   * Whether the prompts were found decided before. s_0 is then not visited: rollouts from there have shown that they teach nothing, and those very ones,
   * chosen because all of them failed, would be a biased estimate.
   */
  readonly skipsPrompt?: boolean
  /** Which continuations need not be sampled to their end; absent: none of them is left out. */
  readonly early?: Early
}

/** The first state that a search looks at. A trajectory of one step has only s_0. */
const firstState = ({ skipsPrompt = false }: SearchOptions, steps: number) => (skipsPrompt && steps > 1 ? 1 : 0)

function exhaustive(values: Values, options: SearchOptions): Promise<void> {
  const { samples } = options
  return values.probe(
    values.trajectories.flatMap(({ steps }, trajectory) =>
      steps
        .map((_, state): Probe => ({ trajectory, state, count: samples, most: samples }))
        .slice(firstState(options, steps.length)),
    ),
  )
}

/** Undecided enough to stop: a quarter to three quarters of the continuations succeed. */
const isUndecided = ({ value }: StateEstimate) => value !== null && value >= 0.25 && value <= 0.75

/**
 * The states where the undecided one may still be, from the visited ones: [low, high], empty if low > high. A right trajectory climbs to 1, so that a
 * state where most fails is too early; a wrong one falls to 0, so that there it is too late.
 */
function bracket(states: readonly StateEstimate[], first: number): readonly [low: number, high: number] {
  const isRight = states.at(-1)!.value! > 0
  let [low, high] = [first, states.length - 2]
  states.slice(0, -1).forEach(({ value }, i) => {
    if (value === null || i < low || i > high) return
    if (isRight === value < 0.5) low = i + 1
    else high = i - 1
  })
  return [low, high]
}

/** The next states of one trajectory to sample from, one entry for each continuation; none when its search is over. */
type Next = (states: readonly StateEstimate[], options: SearchOptions, seed: number) => number[]

const times = (state: number, count: number): number[] => new Array<number>(Math.max(0, count)).fill(state)

const bisect: Next = (states, options) => {
  if (states.some((state) => state.samples >= options.samples && isUndecided(state))) return []
  const [low, high] = bracket(states, firstState(options, states.length - 1))
  const middle = Math.floor((low + high) / 2)
  return low > high ? [] : times(middle, options.samples - states[middle]!.samples)
}

/** Of the states without continuations, the one in the middle of the longest row of them; null if there is none. */
function middleOfLargestGap(states: readonly StateEstimate[], first: number): number | null {
  let [best, longest] = [-1, 0]
  let begin = first
  for (let i = first; i < states.length; i++) {
    if (states[i]!.value === null) continue
    if (i - begin > longest) [best, longest] = [begin + Math.floor((i - begin - 1) / 2), i - begin]
    begin = i + 1
  }
  return best < 0 ? null : best
}

/**
 * For the rule `undecided`: a bisection that asks each state for half of N first, fills up states whose continuations differ, and where the bisection ends
 * without one, looks into the largest gaps: a low value may be a state that is too late, or one from which success is merely rare.
 */
const towardsUndecided: Next = (states, options) => {
  const { samples } = options
  const half = Math.min(samples, Math.max(2, Math.ceil(samples / 2)))
  if (states.some((state) => state.samples >= samples && isUndecided(state))) return []
  const isMixed = ({ successes, samples: n }: StateEstimate) => successes > 0 && successes < n
  const promising = states.findIndex((state) => isMixed(state) && state.samples < samples)
  if (promising >= 0) return times(promising, samples - states[promising]!.samples)
  const first = firstState(options, states.length - 1)
  const [low, high] = bracket(states, first)
  const next = low <= high ? Math.floor((low + high) / 2) : middleOfLargestGap(states, first)
  return next === null ? [] : times(next, half)
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
  const needed = rule === 'value' || isLast ? [step] : [step, step + 1]
  const lacking = needed.filter((state) => states[state]!.samples < samples)
  return lacking.length === 0 ? null : lacking.reduce((a, b) => (states[b]!.samples < states[a]!.samples ? b : a))
}

/**
 * For the other rules: one continuation of every state, then top-two sampling (Russo 2016, arXiv 1602.08448), one more for the leading step and one for the
 * other step that most probably is better in truth.
 */
const topTwo: Next = (states, options, seed) => {
  const first = firstState(options, states.length - 1)
  const unseen = states.flatMap(({ value }, i) => (value === null && i >= first ? [i] : []))
  if (unseen.length > 0) return unseen
  const shares = winningShares(states, options.rule, seed, DRAWS)
  const leader = argMax(scoresBy(options.rule, states))
  const wanted = stateToSample(states, leader, options)
  if (wanted === null && shares[leader]! >= ENOUGH) return []
  const others = shares.map((share, step) =>
    step < first || step === leader || stateToSample(states, step, options) === null ? -1 : share,
  )
  const second = argMax(others)
  const chosen = [wanted, others[second]! > 0 ? stateToSample(states, second, options) : null]
  return [...new Set(chosen.filter((state) => state !== null))]
}

/** Asks what to sample next until nothing is asked for, or `most` continuations are spent on a trajectory of `steps` steps. */
async function inRounds(
  values: Values,
  options: SearchOptions,
  seed: number,
  next: Next,
  most: (steps: number) => number,
) {
  const left = values.trajectories.map(({ steps }) => most(steps.length))
  for (let round = 0; ; round++) {
    const probes = values.trajectories.flatMap((_, trajectory): Probe[] => {
      if (left[trajectory]! <= 0) return []
      const chosen = next(values.states(trajectory), options, deriveSeed(seed, STREAM.search, trajectory, round))
      return chosen.slice(0, left[trajectory]).map((state) => ({ trajectory, state, count: 1, most: options.samples }))
    })
    if (probes.length === 0) return
    for (const { trajectory } of probes) left[trajectory]!--
    await values.probe(probes)
  }
}

/** Values of the trajectories' states, as many of them and as exactly as the search asks for. */
export async function estimateValues(
  sampling: Sampling,
  trajectories: readonly Segmented[],
  options: SearchOptions,
): Promise<Valued[]> {
  const { search, samples, rule, early = 'never' } = options
  const values = openValues(sampling, trajectories, early)
  const half = (steps: number) => Math.max(samples, Math.ceil((steps * samples) / 2))
  if (search === 'bisect') await inRounds(values, options, sampling.seed, bisect, () => Infinity)
  else if (search === 'adaptive')
    await inRounds(values, options, sampling.seed, rule === 'undecided' ? towardsUndecided : topTwo, half)
  else await exhaustive(values, options)
  return values.valued()
}
