/** Which column plays which part, as a person changes it. Column names are data: they are compared and shown, never used as keys. */
import type { DatasetColumns } from '@shared/contract/datasets'
import { DATASET_ROLES, type DatasetRole } from '@shared/schemas/dataset'

/** Parts that several columns can play together, with commas between their names. */
const JOINED: readonly DatasetRole[] = ['choices', 'context', 'system']

/** The places that a part is read from: columns, or paths into them. */
const placesOf = (roles: DatasetColumns, role: DatasetRole): readonly string[] => {
  const places = roles[role]
  if (places === undefined) return []
  return JOINED.includes(role) ? places.split(',') : [places]
}

const isIn = (place: string, column: string): boolean =>
  place === column || (column !== '' && (place.startsWith(`${column}.`) || place.startsWith(`${column}[`)))

/** The part of a column, or of a field in it; null where it has none. */
export const roleOf = (roles: DatasetColumns, column: string): DatasetRole | null =>
  DATASET_ROLES.find((role) => placesOf(roles, role).some((place) => place === column)) ??
  DATASET_ROLES.find((role) => placesOf(roles, role).some((place) => isIn(place, column))) ??
  null

/** The fields of a column that are read, rather than the column itself. */
export const fieldsOf = (roles: DatasetColumns, column: string): readonly string[] =>
  DATASET_ROLES.flatMap((role) => placesOf(roles, role)).filter((place) => place !== column && isIn(place, column))

/**
 * Gives a column, or a path into one, a part; or none. A column plays one part. A part is played by one column, but for choices, context and
 * system text, which several can be.
 */
export function assignRole(roles: DatasetColumns, place: string, role: DatasetRole | null): DatasetColumns {
  const entries = DATASET_ROLES.flatMap((other) => {
    const places = placesOf(roles, other).filter((one) => one !== place && !isIn(one, place))
    const next = other !== role ? places : JOINED.includes(other) ? [...places, place] : [place]
    return next.length === 0 ? [] : [[other, next.join(',')] as const]
  })
  return Object.fromEntries(entries)
}

/** What has to be chosen next for a set to be usable; null where the parts make a layout. */
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
