/**
 * A dataset file to examples: finds the format, recognises the layout, converts row by row. Bad rows are listed and passed over; a set
 * without a usable row is an error. Knows no tokenizer and no verifier.
 */
import { GpoError } from '@shared/errors'
import type { BadRow, Dataset, DatasetLayout, Example, RecordKind, TypedExamples } from '@shared/schemas/dataset'
import { convertRecord } from './convert'
import {
  applyColumnMap,
  type ColumnMap,
  kindOf,
  parseColumnMap,
  recogniseLayout,
  wantedColumns,
  withOwnName,
} from './layout'
import type { Fields, RawRecord } from './record'
import { recordsOf } from './records'
import { type DataFormat, findSource, unreadable } from './source'
import { BadValue } from './values'

export interface LoadOptions {
  /** Role (prompt, answer, chosen, rejected, completion, label, choices) to column name; wins over the columns' own names. */
  readonly columns?: Readonly<Record<string, string>>
  /** Examples at most; the rest of the file is not read. */
  readonly limit?: number
}

const SAMPLE = 100
const MAX_LISTED = 1000

interface Intake {
  readonly map: ColumnMap
  readonly limit: number
  readonly columns: Set<string>
  readonly sample: { readonly line: number; readonly fields: Fields; readonly row: number }[]
  readonly examples: Example[]
  readonly badRows: BadRow[]
  badRowCount: number
  rows: number
  layout: DatasetLayout | null
  kind: RecordKind
}

/**
 * Reads a JSON Lines, JSON, CSV or Parquet file, or a folder of Parquet files as one set.
 * Throws GpoError('data') where nothing in it can be used; the message names the file, what was found and the cure.
 */
export async function loadDataset(path: string, options: LoadOptions = {}): Promise<Dataset> {
  const source = await findSource(path)
  const intake = startIntake(options)
  for (const file of source.files) {
    try {
      await takeFile(path, source.format, file, intake)
    } catch (error) {
      throw unreadable(file, error)
    }
  }
  if (intake.layout === null) settleLayout(path, intake)
  if (intake.layout === null || intake.examples.length === 0) throw nothingUsable(path, intake)
  const { layout, rows, badRows, badRowCount } = intake
  badRows.sort((a, b) => a.line - b.line)
  const facts = { layout, rows, badRows, badRowCount, columns: [...intake.columns], files: source.files }
  return { ...facts, ...typed(intake) }
}

function startIntake({ columns, limit }: LoadOptions): Intake {
  const lists = { columns: new Set<string>(), sample: [], examples: [], badRows: [] }
  const counts = { rows: 0, badRowCount: 0, layout: null, kind: 'verifiable' as const }
  return { map: parseColumnMap(columns), limit: limit ?? Number.POSITIVE_INFINITY, ...lists, ...counts }
}

/** The converter of a layout makes the examples of its kind, which is what `kind` says. */
function typed({ kind, examples }: Intake): TypedExamples {
  return { kind, examples } as TypedExamples
}

async function takeFile(path: string, format: DataFormat, file: string, intake: Intake): Promise<void> {
  const before = intake.rows
  const { map, columns } = intake
  const options = { wanted: wantedColumns(map), onColumns: (names: readonly string[]) => note(columns, names) }
  for await (const record of recordsOf(format, file, options)) {
    if (isFull(intake)) return
    take(path, { ...record, line: record.line + (format === 'parquet' ? before : 0) }, intake)
  }
}

function note(columns: Set<string>, names: Iterable<string>): void {
  for (const name of names) if (columns.size < 1000) columns.add(name)
}

/** The rows of the sample are waiting, so they count too. */
function isFull({ examples, sample, limit, layout }: Intake): boolean {
  return layout !== null && examples.length + sample.length >= limit
}

function take(path: string, record: RawRecord, intake: Intake): void {
  const row = intake.rows++
  if ('reason' in record) refuse(record.line, record.reason, intake)
  else if (intake.layout !== null) convert(record.line, applyColumnMap(record.fields, intake.map), row, intake)
  else {
    note(intake.columns, record.fields.keys())
    intake.sample.push({ line: record.line, fields: applyColumnMap(record.fields, intake.map), row })
    if (intake.sample.length >= SAMPLE) settleLayout(path, intake)
  }
}

/** Recognises the layout from the sample and converts the rows that waited for it. */
function settleLayout(path: string, intake: Intake): void {
  const waiting = intake.sample.splice(0)
  const fields = waiting.map((record) => record.fields)
  if (fields.length === 0) return
  intake.layout = recogniseLayout(fields)
  if (intake.layout === null) throw unknownLayout(path, intake)
  intake.kind = kindOf(intake.layout, fields)
  for (const record of waiting) convert(record.line, record.fields, record.row, intake)
}

function convert(line: number, fields: Fields, row: number, intake: Intake): void {
  if (intake.layout === null || intake.examples.length >= intake.limit) return
  try {
    intake.examples.push(convertRecord(intake.layout, fields, row))
  } catch (error) {
    if (!(error instanceof BadValue)) throw error
    refuse(line, withOwnName(error.message, intake.map), intake)
  }
}

function refuse(line: number, reason: string, intake: Intake): void {
  intake.badRowCount++
  if (intake.badRows.length < MAX_LISTED) intake.badRows.push({ line, reason })
}

function listColumns(columns: ReadonlySet<string>): string {
  const names = [...columns].slice(0, 20).map((name) => name.slice(0, 60))
  return names.length < columns.size ? `${names.join(', ')}, …` : names.join(', ')
}

function unknownLayout(path: string, { map, columns }: Intake): GpoError {
  const found = `its columns are ${listColumns(columns) || '(none)'}`
  const absent = [...map].find(([, column]) => !columns.has(column))
  if (absent) {
    const [role, column] = absent
    return new GpoError('data', `${path}: column "${column}", mapped to ${role}, is in no row; ${found}`)
  }
  const cure = 'map columns to prompt and answer (or chosen and rejected, completion, completion and label)'
  return new GpoError('data', `${path} has no layout that is known: ${found}; ${cure}`)
}

function nothingUsable(path: string, { rows, badRows, map, columns }: Intake): GpoError {
  const [first] = badRows
  if (!first) return new GpoError('data', `${path} has no rows; export it again`)
  const absent = [...map].find(([, column]) => columns.size > 0 && !columns.has(column))
  const found = columns.size > 0 ? ` (columns: ${listColumns(columns)})` : ''
  const hint = absent ? `; column "${absent[1]}", mapped to ${absent[0]}, is in no row` : ''
  const example = `row ${first.line}: ${first.reason}`
  return new GpoError(
    'data',
    `${path}: none of its ${rows} rows can be used${found}; ${example}${hint}; repair the file or map its columns`,
  )
}
