/** A plan as lines of a table, those that a person changed first. Pure. */
import { type PlanValue, planDifferences } from '@shared/plan-differences'
import { type Plan, planSchema } from '@shared/schemas/plan'

export interface PlanRow {
  /** As `--set` takes it. */
  readonly path: string
  /** In words: the last part of the path, or the last two where it says too little. */
  readonly label: string
  readonly value: string
  /** Null where there is none: model, data, objective. */
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

/** Fields without a default worth a name: what is trained on what, and how. */
const CHOSEN = /^(model|data\.(train|eval))\.|^(objective|verifier|adaptation)\.kind$/

const textOf = (value: PlanValue | undefined): string => {
  if (value === undefined || value === null) return 'none'
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'number' ? String(value) : String(value)
}

/** learningRate → learning rate. */
const words = (name: string) => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()

/** model.path → model; budget.iterations → budget: iterations. */
function labelOf(path: string): string {
  const parts = path.split('.').map(words)
  const last = parts.at(-1)!
  return last === 'kind' || last === 'path' ? parts.slice(0, -1).join(' ') : parts.join(': ')
}

type Node = { readonly [key: string]: unknown }

function leaves(node: Node, path: readonly string[]): [path: string, value: PlanValue][] {
  return Object.entries(node).flatMap(([key, value]): [string, PlanValue][] => {
    const here = [...path, key]
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return leaves(value as Node, here)
    return [[here.join('.'), value as PlanValue]]
  })
}

/** What was chosen, then what differs from its default, then the rest; each in the plan's order. */
export function planRows(plan: Plan): { readonly changed: PlanRow[]; readonly standard: PlanRow[] } {
  const standard = standardOf(plan)
  const defaults = new Map(leaves(standard, []))
  const different = new Set(planDifferences([plan, standard]).map(({ path }) => path))
  const rows = leaves(plan, [])
    .filter(([path]) => path !== 'version' && path !== 'name')
    .map(([path, value]): PlanRow => {
      const isChosen = CHOSEN.test(path)
      return {
        path,
        label: labelOf(path),
        value: textOf(value),
        standard: isChosen ? null : textOf(defaults.get(path)),
        isChanged: isChosen || different.has(path),
      }
    })
  const changed = rows.filter(({ isChanged }) => isChanged)
  return {
    changed: [...changed.filter((row) => row.standard === null), ...changed.filter((row) => row.standard !== null)],
    standard: rows.filter(({ isChanged }) => !isChanged),
  }
}
