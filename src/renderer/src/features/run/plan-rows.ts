/** A plan as rows of a table, changed settings first. Pure. */

import { valueText } from '@renderer/lib/setting-text'
import { type DescribedLeaf, describedIn, fullLabel } from '@shared/plan/fields'
import { type PlanValue, planDifferences } from '@shared/plan-differences'
import { type Plan, planSchema } from '@shared/schemas/plan'

export interface PlanRow {
  /** As `--set` takes it. */
  readonly path: string
  /** Group and label. */
  readonly label: string
  readonly value: string
  /** Null for settings without one: model, data, objective. */
  readonly standard: string | null
  readonly isChanged: boolean
}

/** The same choices with every setting at its default. */
function standardOf(plan: Plan): Plan {
  return planSchema.parse({
    model: plan.model,
    data: { train: plan.data.train },
    verifier: plan.verifier.kind === 'regex' ? plan.verifier : { kind: plan.verifier.kind },
    adaptation: { kind: plan.adaptation.kind },
    objective: { kind: plan.objective.kind },
  })
}

/** Settings that are always chosen: model, data, method. */
const CHOSEN = /^(model|data\.(train|eval))\.|^(objective|verifier|adaptation)\.kind$/

function textOf(setting: DescribedLeaf | undefined, value: PlanValue | undefined): string {
  if (value === undefined || value === null) return 'none'
  return setting ? valueText(setting, value) : String(value)
}

type Node = { readonly [key: string]: unknown }

function leaves(node: Node, path: readonly string[]): [path: string, value: PlanValue][] {
  return Object.entries(node).flatMap(([key, value]): [string, PlanValue][] => {
    const here = [...path, key]
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return leaves(value as Node, here)
    return [[here.join('.'), value as PlanValue]]
  })
}

/** First the settings that are always chosen, then the changed ones, then the rest; each group in the plan's order. */
export function planRows(plan: Plan): { readonly changed: PlanRow[]; readonly standard: PlanRow[] } {
  const standard = standardOf(plan)
  const defaults = new Map(leaves(standard, []))
  const different = new Set(planDifferences([plan, standard]).map(({ path }) => path))
  const rows = leaves(plan, [])
    .filter(([path]) => path !== 'version' && path !== 'name')
    .map(([path, value]): PlanRow => {
      const isChosen = CHOSEN.test(path)
      const setting = describedIn([plan], path)
      return {
        path,
        label: setting ? fullLabel(setting) : path,
        value: textOf(setting, value),
        standard: isChosen ? null : textOf(setting, defaults.get(path)),
        isChanged: isChosen || different.has(path),
      }
    })
  const changed = rows.filter(({ isChanged }) => isChanged)
  return {
    changed: [...changed.filter((row) => row.standard === null), ...changed.filter((row) => row.standard !== null)],
    standard: rows.filter(({ isChanged }) => !isChanged),
  }
}
