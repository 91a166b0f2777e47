/** Which runs are GPO. Pure. */
import type { CriticalRule } from './critical-step'

/** What of a method decides it, as the list of runs has it. */
export interface Method {
  readonly objective: string
  readonly criticalStep: CriticalRule
}

/** What of a plan decides it. */
interface MethodPlan {
  readonly objective: { readonly kind: string }
  readonly gpo: { readonly criticalStep: CriticalRule }
}

/** True where a run resets to critical steps; supervised fine-tuning never does. */
export const isGuidedMethod = ({ objective, criticalStep }: Method): boolean =>
  criticalStep !== 'none' && objective !== 'sft'

/** The same of a plan. */
export const isGuided = ({ objective, gpo }: MethodPlan): boolean =>
  isGuidedMethod({ objective: objective.kind, criticalStep: gpo.criticalStep })
