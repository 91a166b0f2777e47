import { isGuided } from '../method/guided'
import type { Plan } from '../schemas/plan'
import { shortPath } from './short-path'

/** The name of a run whose plan has none: its method, data and model, so that it follows the plan. */
export function defaultName(plan: Plan): string {
  const { objective, data, model } = plan
  const method = `${isGuided(plan) ? 'gpo-' : ''}${objective.kind}`
  return `${method} · ${shortPath(data.train.path)} · ${shortPath(model.path)}`
}
