/** The input and output of a health rule, and summaries of a curve. */
import type { MetricName } from '../metrics'
import type { EvaluationRecord } from '../schemas/events'
import type { Plan } from '../schemas/plan'
import type { Series } from '../schemas/run'

export interface HealthInput {
  readonly plan: Plan
  /** By metric name; metrics that the run does not have may be missing. */
  readonly series: Readonly<Record<string, Series>>
  readonly evaluations: readonly EvaluationRecord[]
}

export interface HealthFinding {
  /** Id of the rule; at most one finding per rule and level is given. */
  readonly id: string
  /** `open`: too little is known to say either. */
  readonly level: 'ok' | 'open' | 'warning'
  readonly title: string
  readonly why: string
  /** What could help; null if nothing is wrong. */
  readonly try: string | null
}

export const ok = (id: string, title: string, why: string): HealthFinding => ({
  id,
  level: 'ok',
  title,
  why,
  try: null,
})

export const open = (id: string, title: string, why: string): HealthFinding => ({
  id,
  level: 'open',
  title,
  why,
  try: null,
})

export const warning = (id: string, title: string, why: string, cure: string): HealthFinding => ({
  id,
  level: 'warning',
  title,
  why,
  try: cure,
})

/** Most points in the mean of the newest or the oldest. */
const WINDOW = 5

const NONE: readonly number[] = []

export const valuesOf = ({ series }: HealthInput, name: MetricName): readonly number[] => series[name]?.values ?? NONE

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The mean of the newest points; null without any. */
export const recent = (values: readonly number[]): number | null =>
  values.length === 0 ? null : mean(values.slice(-WINDOW))

/** Means of the oldest and of the newest points, which never overlap; null with fewer than three points. */
export function change(values: readonly number[]): { readonly start: number; readonly now: number } | null {
  const size = Math.min(WINDOW, Math.floor(values.length / 3))
  return size === 0 ? null : { start: mean(values.slice(0, size)), now: mean(values.slice(-size)) }
}

export const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`

export const number = (value: number): string => {
  if (value === 0) return '0'
  const size = Math.abs(value)
  return size < 1e-3 || size >= 1e5 ? value.toExponential(1) : String(Number(value.toPrecision(2)))
}
