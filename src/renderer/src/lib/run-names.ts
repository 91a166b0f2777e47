/** Names of a run's method, model and data on the screen. */

import type { CriticalRule } from '@shared/method/critical-step'
import { isGuidedMethod } from '@shared/method/guided'
import { describedById } from '@shared/plan/fields'
import type { ObjectiveKind } from '@shared/schemas/plan'

/** Both are null for a run whose plan cannot be read. */
interface Method {
  readonly objective: ObjectiveKind | null
  readonly criticalStep: CriticalRule | null
}

/** True where the run resets to critical steps. */
export const isGuided: (method: Method) => boolean = isGuidedMethod

/** As the setting's options call it. */
export const objectiveName = (objective: ObjectiveKind | null): string =>
  objective === null ? 'unknown' : (describedById('objective.kind').options?.[objective] ?? objective)

/** GPO-PPO, DPO. */
export const methodName = (method: Method): string =>
  `${isGuided(method) ? 'GPO-' : ''}${objectiveName(method.objective)}`

/** The rule that picks the critical step, or "off". */
export const gpoMode = (method: Method): string => (isGuided(method) ? (method.criticalStep ?? 'off') : 'off')
