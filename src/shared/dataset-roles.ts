/** Changes which column has which role. Column names are data: they are compared and shown, never used as keys. */
import type { DatasetColumns } from './contract/datasets'
import { DATASET_ROLES, type DatasetRole } from './schemas/dataset'

/** Roles that several columns can have together, with commas between their names. */
const JOINED: readonly DatasetRole[] = ['choices', 'context', 'system']

/** The places that a role is read from: columns, or paths into them. */
const placesOf = (roles: DatasetColumns, role: DatasetRole): readonly string[] => {
  const places = roles[role]
  if (places === undefined) return []
  return JOINED.includes(role) ? places.split(',') : [places]
}

const isIn = (place: string, column: string): boolean =>
  place === column || (column !== '' && (place.startsWith(`${column}.`) || place.startsWith(`${column}[`)))

/** The role of a column, or of a field in it; null if it has none. */
export const roleOf = (roles: DatasetColumns, column: string): DatasetRole | null =>
  DATASET_ROLES.find((role) => placesOf(roles, role).some((place) => place === column)) ??
  DATASET_ROLES.find((role) => placesOf(roles, role).some((place) => isIn(place, column))) ??
  null

/** The fields of a column that are read, rather than the column itself. */
export const fieldsOf = (roles: DatasetColumns, column: string): readonly string[] =>
  DATASET_ROLES.flatMap((role) => placesOf(roles, role)).filter((place) => place !== column && isIn(place, column))

/**
 * Gives a column, or a path into one, a role or none. A column has at most one role. A role belongs to one column, except choices, context and
 * system text, which several columns can share.
 */
export function assignRole(roles: DatasetColumns, place: string, role: DatasetRole | null): DatasetColumns {
  const entries = DATASET_ROLES.flatMap((other) => {
    const places = placesOf(roles, other).filter((one) => one !== place && !isIn(one, place))
    const next = other !== role ? places : JOINED.includes(other) ? [...places, place] : [place]
    return next.length === 0 ? [] : [[other, next.join(',')] as const]
  })
  return Object.fromEntries(entries)
}

/** What has to be chosen next to make a dataset usable; null if its roles form a layout. */
export function missingRole(roles: DatasetColumns): string | null {
  const has = (role: DatasetRole) => roles[role] !== undefined
  if (!has('prompt')) return 'Choose the column with the prompt.'
  if (has('chosen') !== has('rejected'))
    return `Choose the column with the ${has('chosen') ? 'rejected' : 'chosen'} completion.`
  if (has('label') && !has('completion')) return 'Choose the column with the labelled completion.'
  if (has('choices') && !has('answer'))
    return 'Choose the column with the correct choice: its letter, or its number from 0.'
  if (has('answer') || has('chosen') || has('completion')) return null
  return 'Choose the column with the reference answer, or with a completion to imitate.'
}
