/** A plan as a flat list of settings with their texts, read from its schema, for the form and `--set`. Pure. */
import { z } from 'zod'
import type { PlanValue } from '../plan-differences'
import { planSchema } from '../schemas/plan'
import { SETTINGS, type SettingWords } from '../schemas/plan/setting'

export type LeafType = 'number' | 'integer' | 'boolean' | 'text' | 'texts' | 'choice' | 'choices' | 'columns'

export interface PlanLeaf {
  /** `path`, with `@kind` behind it where only one kind of objective, adaptation or verifier has it. */
  readonly id: string
  /** As `--set` takes it: objective.clip, budget.iterations. */
  readonly path: string
  /** The kind it belongs to; null if there is no choice. */
  readonly variant: string | null
  readonly type: LeafType
  /** Undefined where there is none. */
  readonly default: PlanValue | undefined
  readonly minimum?: number
  readonly maximum?: number
  /** The minimum, or maximum, itself is not allowed. */
  readonly isOpenBelow: boolean
  readonly isOpenAbove: boolean
  readonly options: readonly string[]
  readonly words: SettingWords
}

/** A schema with its registered texts. */
interface JsonSchema extends Partial<Omit<SettingWords, 'options'>> {
  /** Labels for the values of a choice. */
  readonly options?: SettingWords['options']
  readonly deprecated?: boolean
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly oneOf?: readonly JsonSchema[]
  readonly enum?: readonly string[]
  readonly const?: PlanValue
  readonly default?: PlanValue | Readonly<Record<string, PlanValue>>
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
}

function typeOf({ type, enum: options, items }: JsonSchema): LeafType {
  if (options) return 'choice'
  if (type === 'object') return 'columns'
  if (type === 'array') return items?.enum ? 'choices' : 'texts'
  if (type === 'number' || type === 'integer' || type === 'boolean') return type
  return 'text'
}

/** JSON's largest whole number stands for no limit. */
const limitOf = (value: number | undefined) =>
  value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value

/** @throws for a setting without texts, which is a bug */
function wordsOf(schema: JsonSchema, path: string): SettingWords {
  const { group, label, symbol, unit, isSimple, aliases, what, advice, options } = schema
  if (!group || !label || !aliases || !what || !advice)
    throw new Error(`the setting ${path} has no label and description`)
  const optional = { symbol, unit, isSimple, options }
  const given = Object.entries(optional).filter(([, value]) => value !== undefined)
  return { group, label, aliases, what, advice, ...Object.fromEntries(given) }
}

function leafOf(schema: JsonSchema, path: string, variant: string | null): PlanLeaf {
  const { exclusiveMinimum, exclusiveMaximum } = schema
  return {
    id: variant === null ? path : `${path}@${variant}`,
    path,
    variant,
    type: typeOf(schema),
    default: schema.default as PlanValue | undefined,
    minimum: limitOf(exclusiveMinimum ?? schema.minimum),
    maximum: limitOf(exclusiveMaximum ?? schema.maximum),
    isOpenBelow: exclusiveMinimum !== undefined,
    isOpenAbove: exclusiveMaximum !== undefined,
    options: schema.enum ?? schema.items?.enum ?? [],
    words: wordsOf(schema, path),
  }
}

/** The choice of a kind, then the settings of each kind. */
function unionLeaves(schema: JsonSchema, path: string): PlanLeaf[] {
  const { oneOf = [], default: fallback, ...words } = schema
  const kinds = oneOf.map(({ properties }) => String(properties?.['kind']?.const))
  const initial = (fallback as Readonly<Record<string, PlanValue>> | undefined)?.['kind']
  const choice = { ...words, enum: kinds, ...(initial === undefined ? {} : { default: initial }) }
  const settings = oneOf.flatMap(({ properties = {} }, i) =>
    Object.entries(properties)
      .filter(([key, { deprecated }]) => key !== 'kind' && !deprecated)
      .map(([key, schema]) => leafOf(schema, `${path}.${key}`, kinds[i] ?? '')),
  )
  return [leafOf(choice, `${path}.kind`, null), ...settings]
}

function leavesOf(schema: JsonSchema, path: string): PlanLeaf[] {
  if (schema.oneOf) return unionLeaves(schema, path)
  if (!schema.properties) return [leafOf(schema, path, null)]
  return Object.entries(schema.properties).flatMap(([key, inner]) => leavesOf(inner, path ? `${path}.${key}` : key))
}

/** Every setting of a plan but the version of its form, in the schema's order. */
export const PLAN_LEAVES: readonly PlanLeaf[] = leavesOf(
  z.toJSONSchema(planSchema.omit({ version: true }), { io: 'input', metadata: SETTINGS }) as JsonSchema,
  '',
)

const byId = new Map(PLAN_LEAVES.map((leaf) => [leaf.id, leaf]))

/** @throws for an id that no setting has, which is a bug */
export function leafById(id: string): PlanLeaf {
  const leaf = byId.get(id)
  if (!leaf) throw new Error(`a plan has no setting ${id}`)
  return leaf
}
