/** Finds the records in one JSON value: a list, or an object that wraps lists, columns or parts. Knows no files and no layout. */
import { GpoError } from '@shared/errors'
import { isObject, nameOfType, type ReadListener } from './record'
import { partOfWord } from './splits'

type Json = Readonly<Record<string, unknown>>

interface Wrapped {
  /** The part of the dataset; null if the value names none. */
  readonly part: string | null
  readonly items: Iterable<unknown>
}

/** Usual keys of a list of records. */
const LISTS = [
  'data',
  'rows',
  'examples',
  'instances',
  'items',
  'records',
  'samples',
  'questions',
  'dataset',
  'entries',
]

/** @throws {GpoError} 'data' for a value without records */
export function recordsIn(path: string, value: unknown, listener: ReadListener): readonly Wrapped[] {
  if (Array.isArray(value)) return [{ part: null, items: value }]
  if (!isObject(value)) {
    throw new GpoError(
      'data',
      `${path} holds ${nameOfType(value)}; it must hold a list of objects, or {"examples": […]}`,
    )
  }
  return partsOf(path, value, listener) ?? [{ part: null, items: itemsOf(value, listener) }]
}

/** `{"train": …, "test": …}`: every part by itself. */
function partsOf(path: string, value: Json, listener: ReadListener): readonly Wrapped[] | null {
  const keys = Object.keys(value)
  const named = keys.filter((key) => partOfWord(key) !== null && typeof value[key] === 'object' && value[key] !== null)
  if (named.length === 0) return null
  const others = keys.filter((key) => !named.includes(key))
  if (others.some((key) => typeof value[key] === 'string' && ['prompt', 'question', 'problem', 'input'].includes(key)))
    return null
  tellOthers(others, named.join(', '), listener)
  return named.flatMap((key) =>
    recordsIn(path, value[key], listener).map(({ items }) => ({ part: partOfWord(key), items })),
  )
}

function tellOthers(others: readonly string[], beside: string, { onNote }: ReadListener): void {
  if (others.length === 0) return
  const names = others.slice(0, 10).map((name) => name.slice(0, 60))
  onNote?.(
    `beside ${beside.slice(0, 100)}, the file holds ${names.join(', ')}${others.length > 10 ? ', …' : ''}: not used`,
  )
}

function itemsOf(value: Json, listener: ReadListener): Iterable<unknown> {
  const keys = Object.keys(value)
  const list = LISTS.find((key) => Object.hasOwn(value, key) && isListOfRecords(value[key], value))
  if (list === undefined) return columnsOf(value) ?? byKey(value) ?? [value]
  const columns = value['columns']
  const isSplitForm = Array.isArray(columns) && rowsAreLists(value[list])
  tellOthers(
    keys.filter((key) => key !== list && !(isSplitForm && ['columns', 'index'].includes(key))),
    list,
    listener,
  )
  const items = value[list]
  if (isSplitForm) return rowsOfSplit(columns, items as readonly (readonly unknown[])[]) // rowsAreLists has looked
  if (isObject(items)) return columnsOf(items) ?? byKey(items) ?? [items]
  return list === 'rows' ? unwrapViewer(items as readonly unknown[]) : (items as readonly unknown[]) // isListOfRecords has looked
}

/** A list whose items can be records or columns. A list beside a prompt is a column of that record. */
function isListOfRecords(value: unknown, parent: Json): boolean {
  if (['prompt', 'question', 'messages', 'conversations'].some((key) => Object.hasOwn(parent, key))) return false
  if (isObject(value)) return Object.keys(value).length > 0
  return (
    Array.isArray(value) &&
    (value.every((item) => isObject(item)) || (Array.isArray(parent['columns']) && rowsAreLists(value)))
  )
}

const rowsAreLists = (value: unknown): boolean => Array.isArray(value) && value.every((item) => Array.isArray(item))

/** pandas' orient="split": names once, then rows of values. */
const rowsOfSplit = (columns: readonly unknown[], rows: readonly (readonly unknown[])[]): Json[] =>
  rows.map((row) => objectOf(columns.map((name, i) => [String(name), row[i]])))

/** The Hub's viewer keeps each record under `row`. */
function unwrapViewer(items: readonly unknown[]): readonly unknown[] {
  const isViewer =
    items.length > 0 && items.every((item) => isObject(item) && 'row_idx' in item && isObject(item['row']))
  return isViewer ? items.map((item) => (item as Json)['row']) : items
}

/** Columns with the same number of values: lists (`datasets`' to_dict), or objects by row (pandas' own form). */
function columnsOf(value: Json): Iterable<unknown> | null {
  const names = Object.keys(value)
  const columns = names.map((name) => valuesOf(value[name]))
  const length = columns[0]?.length ?? 0
  if (length === 0 || names.length < 2 || columns.some((column) => column?.length !== length)) return null
  return rowsOfColumns(names, columns as readonly (readonly unknown[])[], length)
}

/** Null if it is not a column; a list of turns is the conversation of one record. */
function valuesOf(column: unknown): readonly unknown[] | null {
  if (Array.isArray(column))
    return column.some((item) => isObject(item) && ('role' in item || 'from' in item)) ? null : column
  if (!isObject(column)) return null
  return Object.keys(column).every((key) => /^\d+$/.test(key)) ? Object.values(column) : null
}

function* rowsOfColumns(names: readonly string[], columns: readonly (readonly unknown[])[], length: number) {
  for (let i = 0; i < length; i++) yield objectOf(names.map((name, j) => [name, columns[j]?.[i]]))
}

/** Records under their own keys: `{"0": {…}, "1": {…}}`. */
function byKey(value: Json): readonly unknown[] | null {
  const items = Object.values(value)
  const [first] = items
  if (!isObject(first) || items.some((item) => !isObject(item))) return null
  const keys = Object.keys(first)
  const isAlike =
    items.length > 1 && keys.length > 1 && items.every((item) => keys.every((key) => key in (item as Json)))
  return isAlike || Object.keys(value).every((key) => /^\d+$/.test(key)) ? items : null
}

/** An object with a key `__proto__` like any other. */
function objectOf(entries: readonly (readonly [string, unknown])[]): Json {
  return Object.fromEntries(entries)
}
