/** Which runs train on the data's own pairs or labels, without sampling and without a verifier. Pure. */
import type { CriticalRule } from './critical-step'

/** The kinds of rows that a trainer knows. */
export type RecordKind = 'verifiable' | 'preference' | 'unpaired' | 'completion'

const PAIRWISE: readonly string[] = ['dpo', 'simpo', 'orpo']

/** The objectives that learn from pairs of completions. */
export const isPairwise = (objective: string): boolean => PAIRWISE.includes(objective)

/** What rows are trained as: pairs, or labelled completions. */
export type OfflineUse = 'pairs' | 'labels'

/** The fields of a plan that decide it. */
interface MethodPlan {
  readonly objective: { readonly kind: string }
  readonly gpo: { readonly criticalStep: CriticalRule }
}

/** What rows of this kind could be for the objective; null if the objective always samples its own. */
export function offlineUse(
  { objective: { kind } }: Pick<MethodPlan, 'objective'>,
  rows: RecordKind,
): OfflineUse | null {
  if (isPairwise(kind)) return rows === 'preference' ? 'pairs' : null
  return kind === 'kto' && (rows === 'preference' || rows === 'unpaired') ? 'labels' : null
}

/** The same for a plan: with GPO, rollouts are always sampled, because critical states are found only by sampling. */
export const offlineUseOf = (plan: MethodPlan, rows: RecordKind): OfflineUse | null =>
  plan.gpo.criticalStep === 'none' ? offlineUse(plan, rows) : null
