/** Which runs are GPO. Pure. */
import type { CriticalRule } from './critical-step'

/** The fields of a run that decide it, as in the list of runs. */
export interface Method {
  readonly objective: string
  readonly criticalStep: CriticalRule
}

/** The fields of a plan that decide it. */
interface MethodPlan {
  readonly objective: { readonly kind: string }
  readonly gpo: { readonly criticalStep: CriticalRule }
}

/** True where a run resets to critical steps; supervised fine-tuning never does. */
export const isGuidedMethod = ({ objective, criticalStep }: Method): boolean =>
  criticalStep !== 'none' && objective !== 'sft'

/** The same for a plan. */
export const isGuided = ({ objective, gpo }: MethodPlan): boolean =>
  isGuidedMethod({ objective: objective.kind, criticalStep: gpo.criticalStep })
