/**
 * What a plan costs: tokens counted from the plan, seconds from rates that were measured, in a probe or in an earlier run. Pure.
 *
 * P prompts, G trained per prompt, N Monte Carlo samples, K steps, L tokens of a completion. A continuation from step i of K has L (1 − i/K)
 * tokens left: over all states (K + 1) / 2K of L on average, over a state in the middle half of L.
 */
import { isGuided } from '../method/guided'
import { isPairwise } from '../method/offline'
import type { Metrics } from '../metrics'
import type { Plan } from '../schemas/plan'
import { isEvaluated } from './evaluated'

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

const passesOf = ({ objective }: Plan) => (objective.kind === 'sft' ? 1 : objective.epochs)
const isPairs = ({ objective }: Plan) => isPairwise(objective.kind)

/** Pairs are searched a few rollouts at a time: 2 G first, which usually suffices. */
const attemptsOf = ({ budget, gpo }: Plan) => Math.min(gpo.maxPairAttempts, 2 * budget.trainedPerPrompt)

/** Rollouts sampled from the state per prompt, besides those that are reused. */
function freshRollouts(plan: Plan): number {
  const { trainedPerPrompt: group } = plan.budget
  if (isPairs(plan)) {
    const reused = isGuided(plan) ? (plan.gpo.reuseRollouts ? plan.gpo.samples : 0) : 1
    return Math.max(0, attemptsOf(plan) - reused)
  }
  if (!isGuided(plan)) return plan.objective.kind === 'kto' ? group - 1 : 0
  const wanted = plan.objective.kind === 'ppo' ? group - 1 : group
  return Math.max(0, wanted - (plan.gpo.reuseRollouts ? plan.gpo.samples : 0))
}

export function iterationTokens(plan: Plan, { completionTokens: tokens, steps, isOffline }: Lengths): IterationTokens {
  const { promptsPerIteration: prompts, trainedPerPrompt: group } = plan.budget
  const passes = passesOf(plan)
  if (isOffline) {
    const trained = prompts * tokens
    return { rollouts: 0, values: 0, reset: 0, trained, passed: passes * trained }
  }
  const guided = isGuided(plan)
  const later = guided ? tokens / 2 : tokens
  const isGroup = plan.objective.kind === 'ppo' || plan.objective.kind === 'grpo'
  const fresh = prompts * freshRollouts(plan) * later
  const rollouts = prompts * tokens * (!guided && isGroup ? group : 1)
  const values = guided ? prompts * steps * plan.gpo.samples * tokens * ((steps + 1) / (2 * steps)) : 0
  const whole = plan.objective.kind === 'ppo' && guided ? prompts * tokens : 0
  const others = prompts * (whole > 0 ? group - 1 : group) * (isPairs(plan) ? 2 : 1)
  const trained = whole + others * later
  return {
    rollouts: guided ? rollouts : rollouts + fresh,
    values,
    reset: guided ? fresh : 0,
    trained,
    passed: passes * trained,
  }
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
  const update = metrics['time/update']
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
  ].filter(({ seconds }) => seconds > 0)
  const iteration = parts.reduce((sum, { seconds }) => sum + seconds, 0)
  const rows = Math.min(plan.evaluation.limit, evaluationRows ?? plan.evaluation.limit)
  const evaluations = evaluationCount(plan) * rows * rates.lengths.completionTokens * sampling
  return { iteration, parts, evaluations, total: iteration * plan.budget.iterations + evaluations }
}
