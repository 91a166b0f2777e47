/**
 * What a plan costs: tokens counted from the plan, seconds from rates that were measured, in a probe or in an earlier run. Pure.
 *
 * P prompts, G trained per prompt, N Monte Carlo samples, K steps, L tokens of a completion. A continuation from step i of K has L (1 − i/K)
 * tokens left: over all states (K + 1) / 2K of L on average, over a state in the middle half of L.
 */
import { hasCritic, isGuided, isTraining, reusesContinuations } from '../method/guided'
import { isPairwise } from '../method/offline'
import { passesOf } from '../method/optimiser-steps'
import type { Metrics } from '../metrics'
import type { Plan } from '../schemas/plan'
import { isEvaluated } from './evaluated'
import { probeCount } from './probes'

/** The real lengths of completions. */
export interface Lengths {
  /** Of a sampled completion; offline, of all that is trained on of a row: a pair's two completions. */
  readonly completionTokens: number
  readonly steps: number
  /** Whether the rows' own completions are trained on, and nothing is sampled. */
  readonly isOffline: boolean
}

/** Tokens of one iteration. */
export interface IterationTokens {
  /** Trajectories from the prompts; without GPO also what is trained on. */
  readonly rollouts: number
  /** Monte Carlo continuations. */
  readonly values: number
  /** Rollouts after the reset, or attempts for pairs. */
  readonly reset: number
  /** Trained on, each counted once. */
  readonly trained: number
  /** `trained` times the number of passes over them. */
  readonly passed: number
}

const isPairs = ({ objective }: Plan) => isPairwise(objective.kind)

/** Pairs are searched a few rollouts at a time: 2 G first, which usually suffices. */
const attemptsOf = ({ budget, gpo }: Plan) => Math.min(gpo.maxPairAttempts, 2 * budget.trainedPerPrompt)

/** Of the prompts whose rollouts are sampled first, how many are guessed to be decided. */
const GUESSED_DECIDED = 0.25

/** The share of prompts that is guided. */
function guidedShare(plan: Plan): number {
  if (!isGuided(plan)) return 0
  if (!isTraining(plan)) return 1
  return plan.gpo.when === 'decided' ? GUESSED_DECIDED : 1 - plan.gpo.startMix
}

/** States that the search visits, and continuations in all, for a trajectory of `steps` steps. */
function visits({ gpo }: Plan, steps: number): number {
  if (gpo.search === 'bisect') return gpo.samples * Math.min(2, steps)
  return gpo.search === 'adaptive' ? Math.max(gpo.samples, (steps * gpo.samples) / 2) : gpo.samples * steps
}

/** Rollouts sampled from a critical state, besides those that are reused. */
function freshFromState(plan: Plan): number {
  const { trainedPerPrompt: group } = plan.budget
  if (plan.gpo.trainOn === 'all' || plan.gpo.mode === 'repair') return 0
  const wanted = isPairs(plan) ? attemptsOf(plan) : hasCritic(plan) ? group - 1 : group
  return Math.max(0, wanted - (reusesContinuations(plan) ? plan.gpo.samples : 0))
}

/** Rollouts from each prompt that is not guided, or not yet. */
const fromPrompt = (plan: Plan) => (isPairs(plan) ? attemptsOf(plan) : plan.budget.trainedPerPrompt)

export function iterationTokens(plan: Plan, { completionTokens: tokens, steps, isOffline }: Lengths): IterationTokens {
  const { promptsPerIteration: prompts, trainedPerPrompt: group } = plan.budget
  const passes = passesOf(plan)
  if (isOffline) {
    const trained = prompts * tokens
    return { rollouts: 0, values: 0, reset: 0, trained, passed: passes * trained }
  }
  const guided = prompts * guidedShare(plan)
  const isRescue = isGuided(plan) && isTraining(plan) && plan.gpo.when === 'decided'
  const plain = isRescue ? prompts : prompts - guided
  const later = tokens / 2
  const rollouts = tokens * (plain * fromPrompt(plan) + (isRescue ? 0 : guided))
  const continuations = guided * visits(plan, steps)
  const values = continuations * tokens * ((steps + 1) / (2 * steps))
  const reset = guided * freshFromState(plan) * later
  const sides = isPairs(plan) ? 2 : 1
  const fromPrompts = (prompts - guided) * group * sides * tokens
  const isAll = plan.gpo.trainOn === 'all'
  const first = hasCritic(plan) ? 1 : 0 // with a critic, the trajectory itself is trained too
  const fromStates = isAll ? values + guided * tokens : guided * (first * tokens + (group - first) * sides * later)
  const trained = isTraining(plan) ? fromPrompts + fromStates : 0
  return { rollouts, values, reset, trained, passed: passes * trained }
}

/** Seconds per token, measured. Sampling rates are per sampled token; `update` is per token and pass. */
export interface Rates {
  readonly rollouts: number | null
  readonly values: number | null
  readonly reset: number | null
  readonly update: number
  readonly lengths: Lengths
}

/** Estimated steps of a trajectory if they were not counted: steps a little longer than the shortest ones. */
const guessedSteps = ({ gpo }: Plan, tokens: number) =>
  Math.max(1, Math.min(gpo.segmentation.maxSteps, tokens / (1.5 * gpo.segmentation.minStepTokens)))

/**
 * Rates from the metrics of iterations of a plan. Seconds are divided by the tokens that the plan's own formula counts, so that the same plan is
 * estimated to take the seconds that were measured. @returns null if metrics are missing
 */
export function ratesOf(plan: Plan, metrics: Metrics): Rates | null {
  const update = isTraining(plan) ? metrics['time/update'] : 0
  const { promptsPerIteration: prompts } = plan.budget
  const isOffline = metrics['completions/mean_length'] === undefined
  const completionTokens = isOffline ? (metrics['num_tokens'] ?? 0) / prompts : metrics['completions/mean_length']
  if (update === undefined || !completionTokens) return null
  const steps = metrics['gpo/steps_per_trajectory'] ?? guessedSteps(plan, completionTokens)
  const lengths = { completionTokens, steps, isOffline }
  const tokens = iterationTokens(plan, lengths)
  const rate = (seconds: number | undefined, count: number) =>
    seconds !== undefined && count > 0 ? seconds / count : null
  return {
    rollouts: rate(metrics['time/rollouts'], tokens.rollouts),
    values: rate(metrics['time/values'], tokens.values),
    reset: rate(metrics['time/reset'], tokens.reset),
    update: rate(update, tokens.passed) ?? 0,
    lengths,
  }
}

export interface TimeEstimate {
  readonly iteration: number
  readonly parts: readonly { readonly label: string; readonly seconds: number }[]
  readonly evaluations: number
  readonly total: number
}

/** Evaluations of a run: before, at the interval, after. */
export function evaluationCount(plan: Plan): number {
  if (!isEvaluated(plan)) return 0
  const { budget, evaluation } = plan
  const { everyIterations: every } = evaluation
  const during = every > 0 ? Math.floor(budget.iterations / every) : 0
  const isLastExtra = every === 0 || budget.iterations % every !== 0
  return 1 + during + (isLastExtra ? 1 : 0)
}

export function timeEstimate(plan: Plan, rates: Rates, evaluationRows: number | null): TimeEstimate {
  const tokens = iterationTokens(plan, rates.lengths)
  const sampling = rates.rollouts ?? rates.values ?? 0
  const parts = [
    { label: 'rollouts', seconds: tokens.rollouts * sampling },
    { label: 'values', seconds: tokens.values * (rates.values ?? sampling) },
    { label: 'reset', seconds: tokens.reset * (rates.reset ?? rates.values ?? sampling) },
    { label: 'update', seconds: tokens.passed * rates.update },
    { label: 'probes', seconds: probeCount(plan) * rates.lengths.completionTokens * sampling },
  ].filter(({ seconds }) => seconds > 0)
  const iteration = parts.reduce((sum, { seconds }) => sum + seconds, 0)
  const rows = Math.min(plan.evaluation.limit, evaluationRows ?? plan.evaluation.limit)
  const evaluations = evaluationCount(plan) * rows * rates.lengths.completionTokens * sampling
  return { iteration, parts, evaluations, total: iteration * plan.budget.iterations + evaluations }
}
