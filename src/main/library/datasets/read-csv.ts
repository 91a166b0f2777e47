/** CSV and TSV, streamed: the first record names the columns, quoted fields may hold newlines. Knows no layout. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { GpoError } from '@shared/errors'
import { type CsvError, parse } from 'csv-parse'
import { decodeUtf8, MAX_RECORD_BYTES } from './read-jsonl'
import type { RawRecord } from './record'

interface CsvRow {
  readonly info: { readonly lines: number }
  readonly record: readonly string[]
}

export async function* readCsv(path: string, delimiter: ',' | '\t'): AsyncGenerator<RawRecord> {
  const skipped: RawRecord[] = []
  const rows = await parseRows(path, delimiter, (problem) => skipped.push(problem))
  let header: readonly string[] | null = null
  try {
    for await (const row of rows as AsyncIterable<CsvRow>) {
      yield* skipped.splice(0)
      if (header === null) header = headerOf(path, row.record)
      else yield recordOfRow(row, header)
    }
  } catch (error) {
    if (!isCsvError(error)) throw error
    skipped.push(problemOf(error, '; the lines after it were not read'))
  }
  yield* skipped
}

/** Fields come as latin1, one character a byte, so that every field's UTF-8 can be checked by itself. */
async function parseRows(path: string, delimiter: string, onSkip: (problem: RawRecord) => void) {
  const parser = parse({
    delimiter,
    encoding: 'latin1',
    info: true,
    max_record_size: MAX_RECORD_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      if (error) onSkip(problemOf(error, ''))
      return undefined
    },
  })
  // A failure of either stream reaches the reader of the parser; nothing is left to do here.
  pipeline(createReadStream(path, { start: await lengthOfMark(path) }), parser, () => {})
  return parser
}

/** Bytes of the UTF-8 byte order mark at the beginning: 3 or 0. */
async function lengthOfMark(path: string): Promise<number> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(3), 0, 3, 0)
    return bytesRead === 3 && buffer.equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0
  } finally {
    await file.close()
  }
}

function headerOf(path: string, record: readonly string[]): readonly string[] {
  const names = record.map((name) => decodeUtf8(Buffer.from(name, 'latin1'))?.trim())
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (names.includes(undefined)) throw new GpoError('data', `${path}: its header is not valid UTF-8; save it as UTF-8`)
  if (twice !== undefined) {
    throw new GpoError('data', `${path}: two columns are called "${twice.slice(0, 100)}"; rename one of them`)
  }
  return names.map((name) => name ?? '')
}

function recordOfRow({ info, record }: CsvRow, header: readonly string[]): RawRecord {
  const line = info.lines - record.reduce((sum, field) => sum + field.split('\n').length - 1, 0)
  if (record.length !== header.length) {
    return { line, reason: `has ${record.length} fields, the header has ${header.length}` }
  }
  const values = record.map((field) => decodeUtf8(Buffer.from(field, 'latin1')))
  const broken = values.indexOf(null)
  if (broken >= 0) return { line, reason: `column "${header[broken]}" is not valid UTF-8` }
  return { line, fields: new Map(header.map((name, i) => [name, values[i]])) }
}

function problemOf(error: CsvError, consequence: string): RawRecord {
  const line = typeof error.lines === 'number' ? error.lines : 1
  return { line, reason: `is not valid CSV: ${error.message.slice(0, 160)}${consequence}` }
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')
}
