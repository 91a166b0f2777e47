/** An account of a dataset's columns: which were read for which role, and which were not, so that no omission is silent. */
import { DATASET_ROLES, type DatasetRole } from '@shared/schemas/dataset'
import { columnOf } from './column-path'
import { CARRYING, choiceColumn, choiceColumns } from './names'
import { type Fields, isObject } from './read/record'
import type { Arrangement, Part } from './recognise'
import { turnsOf } from './turns'
import { saysNothing } from './values'

export interface Account {
  /** Names of all columns, at most a thousand. */
  readonly columns: Set<string>
  /** Columns and paths that were read. */
  readonly used: Set<string>
  /** Fields inside columns that are objects or conversations, as paths. */
  readonly inner: Map<string, Set<string>>
  /** Columns with content that a prompt may need. */
  readonly carrying: Set<string>
  /** Largest number of items of each column of lists. */
  readonly items: Map<string, number>
  /** Column names that occur more than once. */
  readonly duplicates: Set<string>
}

const MAX_COLUMNS = 1000

export const startAccount = (): Account => ({
  ...{
    columns: new Set<string>(),
    used: new Set<string>(),
    carrying: new Set<string>(),
    duplicates: new Set<string>(),
  },
  ...{ inner: new Map<string, Set<string>>(), items: new Map<string, number>() },
})

export function noteColumns({ columns }: Account, names: Iterable<string>): void {
  for (const name of names) if (columns.size < MAX_COLUMNS) columns.add(name)
}

/** Records the columns of a record. */
export function noteRecord(account: Account, fields: Fields): void {
  for (const name of fields.keys()) {
    noteColumns(account, [name])
    const value = fields.get(name)
    if (CARRYING.has(name.toLowerCase()) && !saysNothing(value)) account.carrying.add(name)
    if (typeof value === 'object' && value !== null) noteInner(account, name, value)
    if (Array.isArray(value)) account.items.set(name, Math.max(account.items.get(name) ?? 0, value.length))
  }
}

function noteInner({ inner }: Account, name: string, value: object): void {
  const noted = inner.get(name) ?? new Set<string>()
  if (noted.size >= MAX_COLUMNS) return
  const items = isObject(value) ? [value] : (turnsOf(value) ?? [])
  for (const item of items) {
    for (const key of Object.keys(item))
      if (!saysNothing(item[key])) noted.add(isObject(value) ? `${name}.${key}` : `${name}[].${key}`)
  }
  inner.set(name, noted)
}

const OF_A_TURN = /\[\]\.(role|content|from|value)$/

/** Unused columns, and unused fields beside used ones, in the order of the file. */
export function unusedOf({ columns, used, inner }: Account): readonly string[] {
  const has = (name: string) => columns.has(name)
  const paths = [...used].map((path) => ({ path, column: columnOf(path, has) }))
  return [...columns].flatMap((name) => {
    const reads = paths.filter(({ column }) => column === name).map(({ path }) => path)
    if (reads.length === 0) return [name]
    return [...(inner.get(name) ?? [])].filter((field) => isBesideReads(field, name, reads))
  })
}

/** An unread field of an object, or a field of a turn besides its speaker and text. */
function isBesideReads(field: string, column: string, reads: readonly string[]): boolean {
  if (field.startsWith(`${column}[].`)) return reads.includes(column) && !OF_A_TURN.test(field)
  return (
    !reads.includes(column) &&
    !reads.some((path) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`))
  )
}

/** Roles with the columns that were read for them. */
export function rolesOf({ sources }: Arrangement, { used }: Account): Partial<Record<DatasetRole, string>> {
  const asRole = (part: Part): DatasetRole | undefined => {
    if (part === 'messages') return 'prompt'
    return part === 'input' ? 'context' : DATASET_ROLES.find((role) => role === part)
  }
  const roles: Partial<Record<DatasetRole, string>> = {}
  for (const [part, paths] of sources) {
    const role = asRole(part)
    const read = paths.filter((path) => used.has(path)).join(',')
    if (role !== undefined && read !== '') roles[role] = roles[role] === undefined ? read : `${roles[role]},${read}`
  }
  return roles
}

/** Sentences on unused columns that may matter. */
export function columnNotes(account: Account): readonly string[] {
  return [...missedNotes(account), ...itemNotes(account)]
}

/** Lists of which a path reads only some items. */
function itemNotes({ items, used }: Account): string[] {
  return [...items].flatMap(([name, count]) => {
    const read = [...used].flatMap((path) =>
      path.startsWith(`${name}[`) ? [path.slice(name.length).split(']')[0]] : [],
    )
    const indices = new Set(read)
    if (indices.size === 0 || count <= indices.size) return []
    const which = [...indices].map((index) => `${index}]`).join(' and ')
    return [`column "${name.slice(0, 100)}" has up to ${count} items, of which ${which} is used`]
  })
}

/** Columns that may belong to the prompt and are not used. */
function missedNotes(account: Account): readonly string[] {
  const unused = new Set(unusedOf(account))
  const missed = [...account.carrying, ...choiceColumns([...account.columns])].filter((name) => unused.has(name))
  return missed.map((name) => {
    const role = roleFor(name)
    const cure = role === null ? '' : `: map ${role}=${name} if it is`
    return `column "${name.slice(0, 100)}" is not used, though it may belong to the prompt${cure}`
  })
}

function roleFor(name: string): DatasetRole | null {
  if (/^sys/i.test(name)) return 'system'
  if (/histor|turns/i.test(name)) return 'history'
  if (/tools|functions|image|audio|video/i.test(name)) return null
  return choiceColumn(name) || /choices|options|endings/i.test(name) ? 'choices' : 'context'
}

/** The first column of a name that occurs twice and is used; null where there is none. */
export function usedTwice({ duplicates, used, columns }: Account): string | null {
  const roots = new Set([...used].map((path) => columnOf(path, (name) => columns.has(name))))
  return [...duplicates].find((name) => roots.has(name)) ?? null
}
