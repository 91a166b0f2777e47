/** What every reader yields: a record with its place in the file, or the reason why it cannot be read. Knows no layout. */

/** Column name to value. A map, so that a column called `__proto__` is a column like any other. */
export type Fields = Pick<ReadonlyMap<string, unknown>, 'get' | 'has' | 'keys'>

/** The part of the dataset, if the record is in a wrapper that names it (`{"test": […]}`); absent if the file decides. */
interface Place {
  readonly line: number
  readonly part?: string
}

export type RawRecord = (Place & { readonly fields: Fields }) | (Place & { readonly reason: string })

/** Reports while a file is read: sentences for a person, names of all columns, and names that occur more than once. */
export interface ReadListener {
  readonly onNote?: (note: string) => void
  readonly onColumns?: (names: readonly string[]) => void
  readonly onDuplicate?: (name: string) => void
}

/** Most columns of a record; datasets of texts have a hundredth of it. */
export const MAX_COLUMNS = 10_000

export const tooManyColumns = (count: number): string =>
  `has ${count.toLocaleString('en')} columns; at most ${MAX_COLUMNS.toLocaleString('en')} are read`

/** A parsed JSON value as a record. */
export function recordOf(line: number, value: unknown): RawRecord {
  if (isObject(value)) {
    const columns = Object.entries(value)
    return columns.length > MAX_COLUMNS
      ? { line, reason: tooManyColumns(columns.length) }
      : { line, fields: new Map(columns) }
  }
  return { line, reason: `is ${nameOfType(value)}, not an object with columns` }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The kind of a value, for a message; never the value itself, which may be long. */
export function nameOfType(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return `a ${typeof value}`
}
