/** Values and ranges of settings, for people. Pure. */
import type { DraftValue } from '@shared/plan/draft'
import type { DescribedLeaf } from '@shared/plan/fields'
import type { PlanLeaf } from '@shared/plan/leaves'

/** 1e-5, 0.05, 4096: as one types it. */
export function numberText(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential().replace('e+', 'e')
  return String(value)
}

/** A number where it is one; otherwise what was typed, which the schema then refuses. */
export function parseNumber(text: string): DraftValue | undefined {
  const trimmed = text.trim().replace(/(?<=\d)[,_\s](?=\d{3}\b)/g, '')
  if (trimmed === '') return undefined
  const value = Number(trimmed)
  return Number.isFinite(value) ? value : text
}

export function valueText({ options, leaf }: DescribedLeaf, value: DraftValue | undefined): string {
  if (value === undefined || value === null) return 'none'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'number') return numberText(value)
  if (Array.isArray(value)) return value.length === leaf.options.length ? 'all' : value.join(', ')
  if (typeof value === 'object') return columnsText(value as Readonly<Record<string, string>>)
  return options?.[String(value)] ?? String(value)
}

/** "above 0, up to 1"; null where anything goes. */
export function rangeText({ type, minimum, maximum, isOpenBelow, isOpenAbove }: PlanLeaf): string | null {
  if (type !== 'number' && type !== 'integer') return null
  const low = minimum === undefined ? null : `${isOpenBelow ? 'above' : 'from'} ${numberText(minimum)}`
  const high = maximum === undefined ? null : `${isOpenAbove ? 'below' : 'up to'} ${maximum.toLocaleString('en-US')}`
  const range = [low, high].filter((part) => part !== null).join(', ')
  return type === 'integer' ? `whole number ${range}`.trim() : range
}

export const columnsText = (columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(([role, column]) => `${role}=${column}`)
    .join(', ')

/** prompt=question, answer=solution → {prompt: 'question', answer: 'solution'}; undefined where nothing is given. */
export function parseColumns(text: string): Readonly<Record<string, string>> | undefined {
  const pairs = text.split(',').flatMap((part) => {
    const [role = '', ...column] = part.split('=')
    return role.trim() === '' ? [] : [[role.trim(), column.join('=').trim()] as const]
  })
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined
}
