/** Which runs are GPO. Pure. */
import type { CriticalRule } from './critical-step'

/** The fields of a run that decide it, as in the list of runs; null where its plan cannot be read. */
export interface Method {
  readonly objective: string | null
  readonly criticalStep: CriticalRule | null
}

/** The fields of a plan that decide it. */
interface MethodPlan {
  readonly objective: { readonly kind: string }
  readonly gpo: { readonly criticalStep: CriticalRule }
}

/** True where a run resets to critical steps; supervised fine-tuning never does. */
export const isGuidedMethod = ({ objective, criticalStep }: Method): boolean =>
  criticalStep !== null && criticalStep !== 'none' && objective !== 'sft'

/** The same for a plan. */
export const isGuided = ({ objective, gpo }: MethodPlan): boolean =>
  isGuidedMethod({ objective: objective.kind, criticalStep: gpo.criticalStep })

/** The fields of a plan that decide whether continuations are reused. */
interface ReusePlan extends MethodPlan {
  readonly objective: { readonly kind: string; readonly baseline?: 'critic' | 'group' }
  readonly gpo: MethodPlan['gpo'] & { readonly reuseRollouts: boolean }
}

/**
 * Whether rollouts from a critical state include the continuations that estimated its value. A group compares them with each other, so that it does not
 * matter how many of them succeeded; a critic would learn the value of a state from continuations that were chosen by their outcome.
 */
export const reusesContinuations = ({ objective, gpo }: ReusePlan): boolean => {
  const isChosenByOutcome = gpo.criticalStep !== 'none' && gpo.criticalStep !== 'random'
  return gpo.reuseRollouts && !(hasCritic({ objective }) && isChosenByOutcome)
}

/** The objectives that guidance changes: they sample, and learn from what they sampled. */
export const canBeGuided = (objective: string): boolean => objective !== 'sft' && objective !== 'collect'

/** False where a run only samples and records: its model stays as it is. */
export const isTraining = ({ objective }: { readonly objective: { readonly kind: string } }): boolean =>
  objective.kind !== 'collect'

const FROM_REWARDS: readonly string[] = ['ppo', 'grpo', 'rloo']

/** The objectives that weigh sampled tokens by rewards: their log-probabilities are those of the sampling temperature. */
export const learnsFromRewards = (objective: string): boolean => FROM_REWARDS.includes(objective)

/** True where a value function is trained beside the policy. */
export const hasCritic = ({ objective }: Pick<ReusePlan, 'objective'>): boolean =>
  objective.kind === 'ppo' && objective.baseline !== 'group'
