/** The settings that an arm or a task changes, applied to a plan as it is in a file. Pure. */
import { DESCRIBED_LEAVES, matchScore } from '../plan/fields'
import { PLAN_LEAVES } from '../plan/leaves'
import type { Changes } from '../schemas/study'

export type Json = Record<string, unknown>

const isNode = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Settings that a study sets itself, and where. */
const OWN: Readonly<Record<string, string>> = {
  seed: 'list the seeds under "seeds" of the study',
  name: 'runs are named after study, arm and seed',
  version: 'it is the form of the plan',
}

const isSetting = (path: string): boolean =>
  PLAN_LEAVES.some((leaf) => leaf.path === path || (leaf.type === 'columns' && path.startsWith(`${leaf.path}.`)))

/** The setting whose names are most like an unknown one. */
function likeliest(path: string): string | null {
  const name = path.split('.').at(-1) ?? path
  const scored = DESCRIBED_LEAVES.map((leaf) => ({ path: leaf.path, score: matchScore(leaf, name) }))
  const best = scored.toSorted((a, b) => b.score - a.score)[0]
  return best && best.score > 1 ? best.path : null
}

/** Why a study cannot change a setting; null if it can. */
export function refusedSetting(path: string): string | null {
  const own = Object.hasOwn(OWN, path) ? OWN[path] : undefined
  if (own !== undefined) return `${path} cannot be changed here: ${own}`
  if (isSetting(path)) return null
  const inside = PLAN_LEAVES.find((leaf) => leaf.path.startsWith(`${path}.`))
  if (inside) return `${path} is a group of settings: name one of them, such as ${inside.path}`
  const meant = likeliest(path)
  const cure = meant === null ? 'docs/plan.md lists all settings' : `did you mean ${meant}?`
  return `${path} is not a setting of a plan: ${cure}`
}

function put(plan: Json, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let node = plan
  for (const key of keys) {
    const next = Object.hasOwn(node, key) ? node[key] : undefined
    const inner = isNode(next) ? next : {}
    node[key] = inner
    node = inner
  }
  if (value === null) delete node[last]
  else node[last] = value
}

/** Another kind of objective, adaptation or verifier begins with its own defaults: settings of the old kind may mean something else in it. */
function putKind(plan: Json, path: string, kind: unknown): void {
  const group = path.split('.')[0] ?? ''
  const before = isNode(plan[group]) ? plan[group]['kind'] : undefined
  const known = before ?? PLAN_LEAVES.find((leaf) => leaf.path === path)?.default
  if (kind === null) delete plan[group]
  else if (kind !== known || !isNode(plan[group])) plan[group] = { kind }
}

/**
 * A copy of the plan with the settings changed; kinds first. Null gives a setting its default.
 * @param changes paths that `refusedSetting` does not refuse; others are left out
 */
export function withChanges(plan: Readonly<Json>, changes: Changes): Json {
  const changed = structuredClone(plan) as Json
  const entries = Object.entries(changes).filter(([path]) => refusedSetting(path) === null)
  for (const [path, value] of entries) if (path.endsWith('.kind')) putKind(changed, path, value)
  for (const [path, value] of entries) if (!path.endsWith('.kind')) put(changed, path, value)
  return changed
}
