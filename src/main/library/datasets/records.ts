/** All records of a set, file by file, in one order. Knows no layout. */
import { readCsv } from './read-csv'
import { readJson } from './read-json'
import { readJsonLines } from './read-jsonl'
import { readParquet } from './read-parquet'
import type { RawRecord } from './record'
import { type DataFormat, findSource, unreadable } from './source'

interface ReadOptions {
  /** Of a Parquet file: columns read where they exist; without it, all. */
  readonly wanted?: readonly string[]
  /** Told the names of all columns, where the format says them before its rows. */
  readonly onColumns?: (names: readonly string[]) => void
}

export function recordsOf(format: DataFormat, file: string, options: ReadOptions): AsyncGenerator<RawRecord> {
  if (format === 'jsonl') return readJsonLines(file)
  if (format === 'json') return readJson(file)
  if (format === 'parquet') return readParquet(file, options)
  return readCsv(file, format === 'tsv' ? '\t' : ',')
}

/** @throws {GpoError} 'data' naming the file that cannot be read */
export async function* readRecords(path: string, options: ReadOptions = {}): AsyncGenerator<RawRecord> {
  const { files, format } = await findSource(path)
  let before = 0
  for (const file of files) {
    let rows = 0
    try {
      for await (const record of recordsOf(format, file, options)) {
        rows++
        yield { ...record, line: record.line + (format === 'parquet' ? before : 0) }
      }
    } catch (error) {
      throw unreadable(file, error)
    }
    before += rows
  }
}
