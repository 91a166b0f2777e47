/** Speeds of earlier runs, to estimate the time of a similar new one. */
import type { Store } from '@main/store/query'
import { recentMeans } from '@main/store/run-means'
import { getRun, listRuns } from '@main/store/runs'
import type { MeasuredRates } from '@shared/contract/plans'
import { isGuided } from '@shared/method/guided'
import type { MetricName } from '@shared/metrics'
import { ratesOf } from '@shared/plan/cost-estimate'
import type { Plan } from '@shared/schemas/plan'

const NAMES: readonly MetricName[] = [
  'time/rollouts',
  'time/values',
  'time/reset',
  'time/update',
  'num_tokens',
  'completions/mean_length',
  'gpo/steps_per_trajectory',
]
/** Number of newest iterations used, and the fewest needed. */
const RECENT = 20
const FEWEST = 3

/** True for the same model, backend and adaptation; SFT and the other objectives do not predict each other. */
const isAlike = (a: Plan, b: Plan) =>
  a.model.path === b.model.path &&
  a.backend === b.backend &&
  a.adaptation.kind === b.adaptation.kind &&
  (a.objective.kind === 'sft') === (b.objective.kind === 'sft')

/** A higher score means a more similar run. */
const likeness = (a: Plan, b: Plan) =>
  (a.objective.kind === b.objective.kind ? 4 : 0) +
  (isGuided(a) === isGuided(b) ? 2 : 0) +
  (a.data.train.path === b.data.train.path ? 1 : 0)

/**
 * The rates of the most similar run, the newest of equals; null if there is none.
 * @param isOffline whether the plan trains on its data's own completions: runs that sample do not predict it, nor it them
 */
export function ratesForPlan(store: Store, plan: Plan, isOffline: boolean): MeasuredRates | null {
  const runs = listRuns(store)
    .filter(({ isReadOnly, iteration, planProblem }) => !isReadOnly && planProblem === null && iteration > FEWEST)
    .map(({ id }) => getRun(store, id))
    .filter((run) => isAlike(run.plan, plan))
    .toSorted((a, b) => likeness(b.plan, plan) - likeness(a.plan, plan) || b.createdAt - a.createdAt)
  for (const { id, name, plan: like } of runs) {
    const { means, iterations } = recentMeans(store, id, NAMES, RECENT)
    const rates = iterations >= FEWEST ? ratesOf(like, means) : null
    if (rates?.lengths.isOffline === isOffline) return { rates, run: { id, name, iterations } }
  }
  return null
}
