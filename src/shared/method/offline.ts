/** Which runs train on the data's own pairs or labels, without sampling and without a verifier. Pure. */
import type { CriticalRule } from './critical-step'

/** What a set's rows are for a trainer. */
export type RecordKind = 'verifiable' | 'preference' | 'unpaired' | 'completion'

const PAIRWISE: readonly string[] = ['dpo', 'simpo', 'orpo']

/** The objectives that learn from pairs of completions. */
export const isPairwise = (objective: string): boolean => PAIRWISE.includes(objective)

/** What rows are trained as: pairs, or completions with labels. */
export type OfflineUse = 'pairs' | 'labels'

/** What of a plan decides it. */
interface MethodPlan {
  readonly objective: { readonly kind: string }
  readonly gpo: { readonly criticalStep: CriticalRule }
}

/** What rows of this kind could be for the objective; null where it samples its own, always. */
export function offlineUse(
  { objective: { kind } }: Pick<MethodPlan, 'objective'>,
  rows: RecordKind,
): OfflineUse | null {
  if (isPairwise(kind)) return rows === 'preference' ? 'pairs' : null
  return kind === 'kto' && (rows === 'preference' || rows === 'unpaired') ? 'labels' : null
}

/** The same of a plan: with guidance rollouts are sampled, from states that only sampling finds. */
export const offlineUseOf = (plan: MethodPlan, rows: RecordKind): OfflineUse | null =>
  plan.gpo.criticalStep === 'none' ? offlineUse(plan, rows) : null
