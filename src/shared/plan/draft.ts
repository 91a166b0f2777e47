/**
 * A plan that is being edited: only chosen values, by the ids of their settings. Other settings have their defaults. Settings of kinds that are
 * not chosen are kept, so that they return when the kind is chosen again. Pure.
 */
import type { PlanValue } from '../plan-differences'
import type { Plan } from '../schemas/plan'
import { leafById, PLAN_LEAVES, type PlanLeaf } from './leaves'

/** Columns are mapped by role. */
export type DraftValue = PlanValue | Readonly<Record<string, string>>

export type PlanDraft = Readonly<Record<string, DraftValue>>

type Json = Record<string, unknown>

const isNode = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

export const valueAt = (root: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((node, key) => (isNode(node) ? node[key] : undefined), root)

function put(root: Json, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  let node = root
  for (const key of keys) {
    const next = node[key]
    const inner = isNode(next) ? next : {}
    node[key] = inner
    node = inner
  }
  node[last] = value
}

/** The value a setting has now: chosen, or its default. */
export const currentValue = (draft: PlanDraft, id: string): DraftValue | undefined => draft[id] ?? leafById(id).default

const kindOf = (draft: PlanDraft, { path }: PlanLeaf) => currentValue(draft, `${path.split('.')[0]}.kind`)

/** True if the plan has this setting with its chosen kinds. */
export function isApplicable(draft: PlanDraft, leaf: PlanLeaf): boolean {
  if (leaf.path.startsWith('data.eval.') && leaf.path !== 'data.eval.path') return draft['data.eval.path'] !== undefined
  return leaf.variant === null || leaf.variant === kindOf(draft, leaf)
}

/** The chosen settings that have an effect, in the order of the plan. */
export const chosenLeaves = (draft: PlanDraft): PlanLeaf[] =>
  PLAN_LEAVES.filter((leaf) => draft[leaf.id] !== undefined && isApplicable(draft, leaf))

/** The plan as in a file, with the chosen settings only; the schema fills in the rest. */
export function planInput(draft: PlanDraft): Json {
  const input: Json = {}
  for (const leaf of PLAN_LEAVES) {
    const isKind = leaf.path.endsWith('.kind')
    const value = isKind ? currentValue(draft, leaf.id) : draft[leaf.id]
    if (value !== undefined && isApplicable(draft, leaf)) put(input, leaf.path, value)
  }
  return input
}

/** The reverse: the settings of a plan, or of a part of one, that are not at their defaults. */
export function draftOf(plan: Plan | object): PlanDraft {
  const draft: Record<string, DraftValue> = {}
  for (const leaf of PLAN_LEAVES) {
    const value = valueAt(plan, leaf.path) as DraftValue | undefined
    const kind = `${leaf.path.split('.')[0]}.kind`
    const isOther = leaf.variant !== null && leaf.variant !== (valueAt(plan, kind) ?? leafById(kind).default)
    if (value === undefined || isOther || JSON.stringify(value) === JSON.stringify(leaf.default)) continue
    draft[leaf.id] = value
  }
  return draft
}

/** The draft with one setting changed; undefined and default values are not kept. */
export function withValue(draft: PlanDraft, id: string, value: DraftValue | undefined): PlanDraft {
  const { [id]: _, ...others } = draft
  const isDefault = JSON.stringify(value) === JSON.stringify(leafById(id).default)
  return value === undefined || isDefault ? others : { ...others, [id]: value }
}
