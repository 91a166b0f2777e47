/** Every setting in the order of the form, with its texts: the form and the search are built from it. Pure. */
import type { Plan } from '../schemas/plan'
import { type PlanSection, SETTING_GROUPS, type SettingWords } from '../schemas/plan/setting'
import { isApplicable, type PlanDraft } from './draft'
import { PLAN_LEAVES, type PlanLeaf } from './leaves'

export type { PlanSection } from '../schemas/plan/setting'

/** A setting of the schema with its texts. */
export interface DescribedLeaf extends SettingWords {
  readonly leaf: PlanLeaf
  /** As `--set` takes it. */
  readonly path: string
  readonly section: PlanSection
}

const described = (leaf: PlanLeaf): DescribedLeaf => ({
  ...leaf.words,
  leaf,
  path: leaf.path,
  section: SETTING_GROUPS[leaf.words.group],
})

/** Ordered by group, then as in the schema; a setting of several kinds appears once for each. */
export const DESCRIBED_LEAVES: readonly DescribedLeaf[] = Object.keys(SETTING_GROUPS).flatMap((group) =>
  PLAN_LEAVES.filter(({ words }) => words.group === group).map(described),
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

const kindsOf = (plan: Plan): readonly string[] => [plan.objective.kind, plan.adaptation.kind, plan.verifier.kind]

/** The setting that a path means in one of several plans, since kinds may use the same name for different settings. Undefined if there is none. */
export function describedIn(plans: readonly Plan[], path: string): DescribedLeaf | undefined {
  const kinds = new Set(plans.flatMap(kindsOf))
  const isIt = ({ leaf }: DescribedLeaf) =>
    path === leaf.path || (leaf.type === 'columns' && path.startsWith(`${leaf.path}.`))
  return DESCRIBED_LEAVES.find((one) => isIt(one) && (one.leaf.variant === null || kinds.has(one.leaf.variant)))
}

/** Group and label, for lists with settings of all groups: "GPO: Critical step", "Objective". */
export const fullLabel = ({ group, label }: DescribedLeaf): string => (group === label ? label : `${group}: ${label}`)

const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_.-]+/g, '')

/** How well a setting matches a search text, by its label, symbol, path and the names in other tools; 0 = not at all. */
export function matchScore({ label, symbol, path, aliases, what }: DescribedLeaf, text: string): number {
  const wanted = plain(text)
  if (wanted === '') return 1
  const names = [label, path, path.split('.').at(-1) ?? '', ...(symbol ? [symbol] : []), ...aliases].map(plain)
  if (names.includes(wanted)) return 4
  if (names.some((name) => name.startsWith(wanted))) return 3
  if (names.some((name) => name.includes(wanted))) return 2
  return plain(what).includes(wanted) ? 1 : 0
}
