/** Early stopping. Derived from iterations alone, so that a resumed run stops where an undisturbed one does. */
import type { Plan } from '../schemas/plan'

/** After a scheduled evaluation only. @param best iteration of the best evaluation since training began @param now iterations done */
export function isOutOfPatience(
  { evaluation: { patience, everyIterations } }: Pick<Plan, 'evaluation'>,
  best: number,
  now: number,
): boolean {
  if (patience === 0 || everyIterations === 0 || now % everyIterations !== 0) return false
  return now - best >= patience * everyIterations
}
