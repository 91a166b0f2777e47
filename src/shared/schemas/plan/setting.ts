/**
 * A setting is stated once, where its schema is: type, range and default as the schema has them, and beside it the words that people need. Forms,
 * checks, `--set`, the search and docs/plan.md read both from here.
 */
import { z } from 'zod'

export type PlanSection = 'model' | 'data' | 'method' | 'budget'

/** Groups of the form and the section each is in, in the form's order. */
export const SETTING_GROUPS = {
  Model: 'model',
  Data: 'data',
  Prompt: 'data',
  Verifier: 'data',
  Objective: 'method',
  GPO: 'method',
  Steps: 'method',
  Sampling: 'method',
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
  /** As papers write it. */
  readonly symbol?: string
  readonly unit?: string
  /** Shown in the simple form too. */
  readonly isSimple?: boolean
  /** Names that other tools give it. */
  readonly aliases: readonly string[]
  readonly what: string
  /** What to try, and when. */
  readonly advice: string
  /** Words for the values of a choice. */
  readonly options?: Readonly<Record<string, string>>
}

/** Of a setting that is gone: plans that carry it stay readable, nothing shows it. */
interface Deprecated {
  readonly deprecated: true
}

/** The words of every setting, by its schema. */
export const SETTINGS = z.registry<SettingWords | Deprecated>()

/** Registers the words of settings of one group and returns the schema. */
export const settingIn =
  (group: SettingGroup) =>
  <T extends z.ZodType>(schema: T, words: Omit<SettingWords, 'group'>): T => {
    SETTINGS.add(schema, { group, ...words })
    return schema
  }

/** Accepts what older plans carry; what it was is dropped by the schema around it. */
export function deprecated<T extends z.ZodType>(schema: T): z.ZodOptional<T> {
  const optional = schema.optional()
  SETTINGS.add(optional, { deprecated: true })
  return optional
}

export const positiveInt = (max: number) => z.number().int().min(1).max(max)
