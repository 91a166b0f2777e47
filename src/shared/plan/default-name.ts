import { isGuided } from '../method/guided'
import type { Plan } from '../schemas/plan'

/** The name of a run whose plan has none: its method, data and model, so that it follows the plan. */
export function defaultName(plan: Plan): string {
  const { objective, data, model } = plan
  const method = `${isGuided(plan) ? 'gpo-' : ''}${objective.kind}`
  const short = (path: string) =>
    path
      .replace(/^bundled:/, '')
      .split('/')
      .filter(Boolean)
      .at(-1)
      ?.replace(/\.[a-z]+$/, '') ?? path
  return `${method} · ${short(data.train.path)} · ${short(model.path)}`
}
