/** Values and ranges of settings, for people. Pure. */
import type { DraftValue } from '@shared/plan/draft'
import type { DescribedLeaf } from '@shared/plan/fields'
import { numberText } from '@shared/plan/range'

/** The number that was typed; if it is not a number, the text, which the schema then refuses. */
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

export const columnsText = (columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(([role, column]) => `${role}=${column}`)
    .join(', ')

/** prompt=question, answer=solution → {prompt: 'question', answer: 'solution'}; undefined if nothing is given. */
export function parseColumns(text: string): Readonly<Record<string, string>> | undefined {
  const pairs = text.split(',').flatMap((part) => {
    const [role = '', ...column] = part.split('=')
    return role.trim() === '' ? [] : [[role.trim(), column.join('=').trim()] as const]
  })
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined
}
