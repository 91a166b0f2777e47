/** A set's rows as they are in its file, page by page. A reader stays where it is for a while, so that scrolling on reads nothing twice. */
import type { DatasetPage, DatasetRow } from '@shared/contract/datasets'
import type { DatasetLayout } from '@shared/schemas/dataset'
import { convertRecord } from './convert'
import { applyColumnMap, parseColumnMap, withOwnName } from './layout'
import type { Fields, RawRecord } from './record'
import { readRecords } from './records'
import { type Columns, stampOf } from './summary'
import { BadValue } from './values'

/** Rows whose columns are shown; a column that first appears later is not. */
const SAMPLE = 100
const MAX_COLUMNS = 60
const MAX_CELL = 600
const MAX_READERS = 3
/** How long a reader waits for the next page; milliseconds. */
const IDLE = 30_000

interface Reader {
  readonly stamp: string
  readonly columns: readonly string[]
  /** The first rows, which were read to know the columns. */
  readonly sample: readonly RawRecord[]
  readonly records: AsyncGenerator<RawRecord>
  /** Of the row that comes next out of `records`. */
  position: number
  timer: NodeJS.Timeout | null
}

const readers = new Map<string, Reader>()
/** Pages of one file are read one after the other. */
const turns = new Map<string, Promise<unknown>>()

async function startReader(path: string, stamp: string): Promise<Reader> {
  const names = new Set<string>()
  const records = readRecords(path, { onColumns: (all) => all.forEach((name) => void names.add(name)) })
  const sample: RawRecord[] = []
  while (sample.length < SAMPLE) {
    const { value, done } = await records.next()
    if (done) break
    sample.push(value)
    if ('fields' in value) for (const name of value.fields.keys()) names.add(name)
  }
  return { stamp, columns: [...names], sample, records, position: sample.length, timer: null }
}

function forget(path: string): void {
  const reader = readers.get(path)
  readers.delete(path)
  if (reader?.timer) clearTimeout(reader.timer)
  // Ending a reader closes its file, or the process that decodes it; nobody waits for that.
  void reader?.records.return(undefined).catch(() => {})
}

/** One that can go on from a row: the one there is, or one from the beginning. */
async function readerAt(path: string, stamp: string, cursor: number): Promise<Reader> {
  const known = readers.get(path)
  const canGoOn = known && known.stamp === stamp && (cursor >= known.position || cursor < known.sample.length)
  if (canGoOn && known.timer) clearTimeout(known.timer)
  if (canGoOn) return known
  forget(path)
  const reader = await startReader(path, stamp)
  readers.set(path, reader)
  const oldest = readers.keys().next().value
  if (readers.size > MAX_READERS && oldest !== undefined && oldest !== path) forget(oldest)
  return reader
}

/** Rows from `cursor`; where they are partly in the sample, the page ends with it. */
async function take(reader: Reader, cursor: number, limit: number): Promise<readonly RawRecord[]> {
  if (cursor < reader.sample.length) return reader.sample.slice(cursor, cursor + limit)
  const rows: RawRecord[] = []
  while (rows.length < limit) {
    const { value, done } = await reader.records.next()
    if (done) break
    if (reader.position++ >= cursor) rows.push(value)
  }
  return rows
}

function cellOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (value instanceof Uint8Array) return `${value.length} bytes`
  const text = typeof value === 'object' ? JSON.stringify(value, replaceBig) : String(value)
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL)}…` : text
}

const replaceBig = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)

/** Why a row cannot be used under a layout; null if it can. */
function problemOf(fields: Fields, layout: DatasetLayout | null, columns: Columns): string | null {
  if (layout === null) return null
  const map = parseColumnMap(columns as Record<string, string>)
  try {
    convertRecord(layout, applyColumnMap(fields, map), 0)
    return null
  } catch (error) {
    if (error instanceof BadValue) return withOwnName(error.message, map)
    throw error
  }
}

export interface PreviewOptions {
  readonly columns: Columns
  /** Null where it is not known: then no row is judged. */
  readonly layout: DatasetLayout | null
  readonly cursor: number
  readonly limit: number
}

async function readPage(path: string, { columns, layout, cursor, limit }: PreviewOptions): Promise<DatasetPage> {
  const { stamp } = await stampOf(path, {})
  const reader = await readerAt(path, stamp, cursor)
  const names = reader.columns.slice(0, MAX_COLUMNS)
  const records = await take(reader, cursor, limit)
  const rows = records.map((record, i): DatasetRow => {
    const place = { row: cursor + i, line: record.line }
    if ('reason' in record) return { ...place, cells: names.map(() => null), problem: record.reason }
    const { fields } = record
    return {
      ...place,
      cells: names.map((name) => cellOf(fields.get(name))),
      problem: problemOf(fields, layout, columns),
    }
  })
  reader.timer = setTimeout(() => forget(path), IDLE).unref()
  const next = cursor + rows.length
  const isEnd = rows.length === 0 || (rows.length < limit && next !== reader.sample.length)
  return { columns: names, columnCount: reader.columns.length, rows, next: isEnd ? null : next }
}

/** @throws {GpoError} 'data' where the file cannot be read */
export function previewRows(path: string, options: PreviewOptions): Promise<DatasetPage> {
  const before = turns.get(path) ?? Promise.resolve()
  const page = before.then(() => readPage(path, options))
  const settled = page.then(
    () => {},
    () => forget(path),
  )
  turns.set(path, settled)
  void settled.then(() => turns.get(path) === settled && turns.delete(path))
  return page
}
