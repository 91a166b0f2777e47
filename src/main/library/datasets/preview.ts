/** A dataset's rows as in its file, page by page. A reader is kept open for a while, so that scrolling on reads nothing twice. */
import type { DatasetPage, DatasetRow } from '@shared/contract/datasets'
import { safeText, shown } from '@shared/shown'
import { parseColumnMap } from './column-map'
import { convertRecord } from './convert'
import type { Fields } from './read/record'
import { choosePart, type PlacedRecord, readRecords, rowOf } from './read/records'
import { findSource, type SourceFile } from './read/source'
import { type Arrangement, recognise } from './recognise'
import { type ReadAs, stampOf } from './summary'
import { BadValue } from './values'
import { viewOf, withOwnName } from './view'

/** Number of first rows whose columns are shown; columns that first appear later are not. */
const SAMPLE = 100
const MAX_COLUMNS = 60
const MAX_CELL = 600
const MAX_READERS = 3
/** How long a reader waits for the next page; milliseconds. */
const IDLE = 30_000

interface Reader {
  readonly stamp: string
  readonly columns: readonly string[]
  /** The first rows, which were read to find the columns. */
  readonly sample: readonly PlacedRecord[]
  readonly files: readonly SourceFile[]
  readonly records: AsyncGenerator<PlacedRecord>
  /** Number of the next row from `records`. */
  position: number
  timer: NodeJS.Timeout | null
}

const readers = new Map<string, Reader>()
/** Pages of one file are read one after the other. */
const turns = new Map<string, Promise<unknown>>()

/** The files of the training part. */
async function trainedFiles(path: string) {
  const { files, notes } = await findSource(path)
  const part = choosePart(undefined, [...new Set(files.flatMap((file) => file.part ?? []))])
  return { files: files.filter((file) => part === null || file.part === part), notes }
}

async function startReader(path: string, stamp: string, { delimiter }: ReadAs): Promise<Reader> {
  const names = new Set<string>()
  const onColumns = (all: readonly string[]) => all.forEach((name) => void names.add(name))
  const source = await trainedFiles(path)
  const records = readRecords(source, { onColumns, ...(delimiter ? { delimiter } : {}) })
  const sample: PlacedRecord[] = []
  while (sample.length < SAMPLE) {
    const { value, done } = await records.next()
    if (done) break
    sample.push(value)
    if ('fields' in value) for (const name of value.fields.keys()) names.add(name)
  }
  return { stamp, files: source.files, columns: [...names], sample, records, position: sample.length, timer: null }
}

function forget(path: string): void {
  const reader = readers.get(path)
  readers.delete(path)
  if (reader?.timer) clearTimeout(reader.timer)
  // Closes a reader's file, or the process that decodes it, without waiting.
  void reader?.records.return(undefined).catch(() => {})
}

/** A reader that can continue from a row: the current one, or a new one from the beginning. */
async function readerAt(path: string, stamp: string, cursor: number, as: ReadAs): Promise<Reader> {
  const known = readers.get(path)
  const canGoOn = known && known.stamp === stamp && (cursor >= known.position || cursor < known.sample.length)
  if (canGoOn && known.timer) clearTimeout(known.timer)
  if (canGoOn) return known
  forget(path)
  const reader = await startReader(path, stamp, as)
  readers.set(path, reader)
  const oldest = readers.keys().next().value
  if (readers.size > MAX_READERS && oldest !== undefined && oldest !== path) forget(oldest)
  return reader
}

/** Rows from `cursor`; a page that starts in the sample ends with it. */
async function take(reader: Reader, cursor: number, limit: number): Promise<readonly PlacedRecord[]> {
  if (cursor < reader.sample.length) return reader.sample.slice(cursor, cursor + limit)
  const rows: PlacedRecord[] = []
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
  return typeof value === 'string' ? safeText(value, MAX_CELL) : shown(value, MAX_CELL)
}

/** Why a row cannot be used; null if it can, or if the columns are not recognised. */
function problemOf(fields: Fields, arrangement: Arrangement | null): string | null {
  if (arrangement === null) return null
  try {
    convertRecord(arrangement.layout, viewOf(fields, arrangement, new Set()), 0, arrangement.firstChoice)
    return null
  } catch (error) {
    if (error instanceof BadValue) return withOwnName(error.message, arrangement)
    throw error
  }
}

function arrangementOf({ sample }: Reader, { columns }: ReadAs): Arrangement | null {
  const fields = sample.flatMap((record) => ('fields' in record ? [record.fields] : []))
  return fields.length === 0 ? null : recognise(fields, parseColumnMap(columns))
}

/** Rows of other parts are shown with the name of their part. */
const otherPart = (of: string | null, parts: readonly string[]): string | null =>
  of === null || of === choosePart(undefined, parts)
    ? null
    : `is in the part "${of.slice(0, 60)}", which is not trained on`

export interface PreviewOptions extends ReadAs {
  readonly cursor: number
  readonly limit: number
}

async function readPage(path: string, { cursor, limit, ...as }: PreviewOptions): Promise<DatasetPage> {
  const { stamp } = await stampOf(path, { ...(as.delimiter ? { delimiter: as.delimiter } : {}) })
  const reader = await readerAt(path, stamp, cursor, as)
  const arrangement = arrangementOf(reader, as)
  const parts = [...new Set(reader.sample.flatMap(({ of }) => of ?? []))]
  const names = reader.columns.slice(0, MAX_COLUMNS)
  const records = await take(reader, cursor, limit)
  const rows = records.map((record, i): DatasetRow => {
    const place = { row: rowOf(reader, record, cursor + i), line: record.line }
    if ('reason' in record) return { ...place, cells: names.map(() => null), problem: record.reason }
    const { fields } = record
    return {
      ...place,
      cells: names.map((name) => cellOf(fields.get(name))),
      problem: otherPart(record.of, parts) ?? problemOf(fields, arrangement),
    }
  })
  reader.timer = setTimeout(() => forget(path), IDLE).unref()
  const next = cursor + rows.length
  const isEnd = rows.length === 0 || (rows.length < limit && next !== reader.sample.length)
  return { columns: names, columnCount: reader.columns.length, rows, next: isEnd ? null : next }
}

export type PreviewRows = (path: string, options: PreviewOptions) => Promise<DatasetPage>

/** Where it is done: in this process, until a host with a window names another one. */
let preview: PreviewRows = previewHere

/** @throws {GpoError} 'data' if the file cannot be read */
export const previewRows: PreviewRows = (path, options) => preview(path, options)

/** @param other null: this process */
export function previewRowsBy(other: PreviewRows | null): void {
  preview = other ?? previewHere
}

function previewHere(path: string, options: PreviewOptions): Promise<DatasetPage> {
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
