/** Every setting of a plan in words: the form is built from this table, the search finds settings in it. */
import type { PlanDraft } from './draft'
import { isApplicable } from './draft'
import type { PlanField } from './field'
import { BUDGET_FIELDS, OPTIMISER_FIELDS } from './fields-budget'
import { GPO_FIELDS, OBJECTIVE_FIELDS, ROLLOUT_FIELDS, STEP_FIELDS } from './fields-method'
import { DATA_FIELDS, MODEL_FIELDS } from './fields-model-data'
import { PLAN_LEAVES, type PlanLeaf } from './leaves'

export type { PlanField, PlanSection } from './field'

export const PLAN_FIELDS: readonly PlanField[] = [
  ...MODEL_FIELDS,
  ...DATA_FIELDS,
  ...OBJECTIVE_FIELDS,
  ...GPO_FIELDS,
  ...STEP_FIELDS,
  ...ROLLOUT_FIELDS,
  ...OPTIMISER_FIELDS,
  ...BUDGET_FIELDS,
]

/** A setting of the schema with its words. */
export interface DescribedLeaf extends PlanField {
  readonly leaf: PlanLeaf
}

const describes = ({ path, kinds }: PlanField, leaf: PlanLeaf) =>
  path === leaf.path && (kinds === undefined || (leaf.variant !== null && kinds.includes(leaf.variant)))

/** In the table's order; a setting that several kinds have is there once for each. */
export const DESCRIBED_LEAVES: readonly DescribedLeaf[] = PLAN_FIELDS.flatMap((field) =>
  PLAN_LEAVES.filter((leaf) => describes(field, leaf)).map((leaf) => ({ ...field, leaf })),
)

const byId = new Map(DESCRIBED_LEAVES.map((described) => [described.leaf.id, described]))

/** @throws for an id that no setting has, which is a bug */
export function describedById(id: string): DescribedLeaf {
  const found = byId.get(id)
  if (!found) throw new Error(`the setting ${id} has no description`)
  return found
}

/** The setting a path means, with the kinds that are chosen. */
export const describedByPath = (draft: PlanDraft, path: string): DescribedLeaf | undefined =>
  DESCRIBED_LEAVES.find(({ leaf }) => leaf.path === path && isApplicable(draft, leaf))

const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_.-]+/g, '')

/** How well a setting answers to a name; 0 = not at all. Its label, symbol, path and the names other tools give it. */
export function matchScore({ label, symbol, path, aliases, what }: PlanField, text: string): number {
  const wanted = plain(text)
  if (wanted === '') return 1
  const names = [label, path, path.split('.').at(-1) ?? '', ...(symbol ? [symbol] : []), ...aliases].map(plain)
  if (names.includes(wanted)) return 4
  if (names.some((name) => name.startsWith(wanted))) return 3
  if (names.some((name) => name.includes(wanted))) return 2
  return plain(what).includes(wanted) ? 1 : 0
}
