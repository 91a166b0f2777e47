/** Where plans differ, field by field. Pure. */
import type { Plan } from './schemas/plan'

export type PlanValue = string | number | boolean | null | readonly PlanValue[]

export interface PlanDifference {
  /** As `--set` takes it: objective.kind, budget.iterations. */
  readonly path: string
  /** By plan; undefined where a plan does not have the field. */
  readonly values: readonly (PlanValue | undefined)[]
}

/** Fields that do not affect training. */
const LEFT_OUT = ['version', 'name']

type Node = { readonly [key: string]: unknown }
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every field that is not the same in all plans, in the order of the plans' fields. */
export function planDifferences(plans: readonly Plan[]): PlanDifference[] {
  return fieldDifferences(plans).filter(({ path }) => !LEFT_OUT.includes(path))
}

/** The same of any values, such as plans with what is around them. */
export function fieldDifferences(values: readonly unknown[], path: readonly string[] = []): PlanDifference[] {
  if (values.some(isNode)) {
    const nodes = values.map((value) => (isNode(value) ? value : {}))
    return keysOf(nodes).flatMap((key) =>
      fieldDifferences(
        nodes.map((node) => node[key]),
        [...path, key],
      ),
    )
  }
  const texts = new Set(values.map((value) => JSON.stringify(value)))
  return texts.size > 1 ? [{ path: path.join('.'), values: values as (PlanValue | undefined)[] }] : []
}

/** The union of all keys: those of the first, then further ones of the others. */
const keysOf = (nodes: readonly Node[]): string[] => [...new Set(nodes.flatMap((node) => Object.keys(node)))]
