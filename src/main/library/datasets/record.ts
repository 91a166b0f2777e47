/** What every reader yields: a record with its place in the file, or the reason why there is none. Knows no layout. */

/** Column name to value. A map, so that a column called `__proto__` is a column like any other. */
export type Fields = ReadonlyMap<string, unknown>

export type RawRecord =
  | { readonly line: number; readonly fields: Fields }
  | { readonly line: number; readonly reason: string }

function fieldsOf(value: object): Fields {
  return new Map(Object.entries(value))
}

/** A parsed JSON value as a record. */
export function recordOf(line: number, value: unknown): RawRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { line, fields: fieldsOf(value) }
  return { line, reason: `is ${nameOfType(value)}, not an object with columns` }
}

/** What a value is, in words for a message; never the value itself, which may be long. */
export function nameOfType(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  return `a ${typeof value}`
}
