/**
 * A setting is stated once, in its schema: type, range, default and the texts for people. Forms, checks, `--set`, the search and docs/plan.md
 * read them from here.
 */
import { z } from 'zod'

export type PlanSection = 'model' | 'data' | 'method' | 'budget'

/** Groups of the form and their sections, in the form's order. */
export const SETTING_GROUPS = {
  Model: 'model',
  Data: 'data',
  Prompt: 'data',
  Verifier: 'data',
  Objective: 'method',
  GPO: 'method',
  Steps: 'method',
  Sampling: 'method',
  'Sampling servers': 'method',
  Optimiser: 'method',
  Budget: 'budget',
  'Speed and memory': 'budget',
  Evaluation: 'budget',
  Checkpoints: 'budget',
  Run: 'budget',
} as const satisfies Readonly<Record<string, PlanSection>>
export type SettingGroup = keyof typeof SETTING_GROUPS

export interface SettingWords {
  readonly group: SettingGroup
  readonly label: string
  /** The symbol in papers. */
  readonly symbol?: string
  readonly unit?: string
  /** Shown in the simple form too. */
  readonly isSimple?: boolean
  /** Its names in other tools. */
  readonly aliases: readonly string[]
  readonly what: string
  /** What to try, and when. */
  readonly advice: string
  /** Words for the values of a choice. */
  readonly options?: Readonly<Record<string, string>>
}

/** A removed setting: plans that contain it stay readable, but it is not shown. */
interface Deprecated {
  readonly deprecated: true
}

/** The texts of every setting, by its schema. */
export const SETTINGS = z.registry<SettingWords | Deprecated>()

/** Registers the texts of settings of one group and returns the schema. */
export const settingIn =
  (group: SettingGroup) =>
  <T extends z.ZodType>(schema: T, words: Omit<SettingWords, 'group'>): T => {
    SETTINGS.add(schema, { group, ...words })
    return schema
  }

/** Accepts a removed setting of older plans; the enclosing schema drops its value. */
export function deprecated<T extends z.ZodType>(schema: T): z.ZodOptional<T> {
  const optional = schema.optional()
  SETTINGS.add(optional, { deprecated: true })
  return optional
}

export const positiveInt = (max: number) => z.number().int().min(1).max(max)
