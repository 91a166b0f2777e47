/** Which column plays which part, as a person changes it. Column names are data: they are compared and shown, never used as keys. */
import type { DatasetColumns } from '@shared/contract/datasets'
import { DATASET_ROLES, type DatasetRole } from '@shared/schemas/dataset'

/** The part of a column; null where it has none. */
export const roleOf = (roles: DatasetColumns, column: string): DatasetRole | null =>
  DATASET_ROLES.find((role) => roles[role] === column) ?? null

/** Gives a column a part, or none. A part is played by one column, a column plays one part. */
export function assignRole(roles: DatasetColumns, column: string, role: DatasetRole | null): DatasetColumns {
  const kept = DATASET_ROLES.filter((other) => other !== role && roles[other] !== undefined && roles[other] !== column)
  const entries = kept.map((other) => [other, roles[other] ?? ''] as const)
  return Object.fromEntries(role === null ? entries : [...entries, [role, column] as const])
}

/** What has to be chosen next for a set to be usable; null where the parts make a layout. */
export function missingRole(roles: DatasetColumns): string | null {
  const has = (role: DatasetRole) => roles[role] !== undefined
  if (!has('prompt')) return 'Choose the column with the prompt.'
  if (has('chosen') !== has('rejected'))
    return `Choose the column with the ${has('chosen') ? 'rejected' : 'chosen'} completion.`
  if (has('label') && !has('completion')) return 'Choose the column with the completion that the label is about.'
  if (has('choices') && !has('answer'))
    return 'Choose the column with the right choice: its letter, or its number from 0.'
  if (has('answer') || has('chosen') || has('completion')) return null
  return 'Choose the column with the reference answer, or with a completion to imitate.'
}
