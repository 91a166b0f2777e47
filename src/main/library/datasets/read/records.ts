/** All records of a dataset, file by file, always in the same order. Knows no layout. */

import type { Delimiter } from '@shared/schemas/dataset'
import type { WantedColumns } from './parquet-child'
import { readCsv } from './read-csv'
import { readJson } from './read-json'
import { readParquet } from './read-parquet'
import type { RawRecord, ReadListener } from './record'
import { type DataSource, type SourceFile, unreadable } from './source'
import { evaluationPart, partOfWord, trainingPart } from './splits'

export interface ReadOptions extends ReadListener {
  /** For a Parquet file: the columns to read if they exist; without it, all. */
  readonly wanted?: WantedColumns
  /** The field separator of a CSV file; without it, it is detected from the beginning. */
  readonly delimiter?: Delimiter
}

export function recordsOf({ format, path }: SourceFile, options: ReadOptions): AsyncGenerator<RawRecord> {
  if (format === 'parquet') return readParquet(path, options)
  if (format === 'jsonl' || format === 'json') return readJson(path, format === 'jsonl', options)
  return readCsv(path, { ...options, usual: format === 'tsv' ? '\t' : ',' })
}

/** A column that says which part its row belongs to. */
const PART_COLUMNS = ['split', 'subset', 'partition'] as const

/** A record with the part it belongs to: from its file, its wrapper or a column; null if none names one. */
export type PlacedRecord = RawRecord & { readonly of: string | null }

function partOfRecord(record: RawRecord, file: SourceFile): string | null {
  const given = file.part ?? record.part ?? null
  if (given !== null || 'reason' in record) return given
  const values = PART_COLUMNS.map((name) => record.fields.get(name)).filter((value) => typeof value === 'string')
  return values.map(partOfWord).find((part) => part !== null) ?? null
}

/**
 * Records of all files; the records of several Parquet files are numbered consecutively. @throws {GpoError} 'data' naming the file that cannot be
 * read
 */
export async function* readRecords({ files }: DataSource, options: ReadOptions = {}): AsyncGenerator<PlacedRecord> {
  let before = 0
  for (const file of files) {
    let rows = 0
    try {
      for await (const record of recordsOf(file, options)) {
        rows++
        const line = record.line + (file.format === 'parquet' ? before : 0)
        yield { ...record, line, of: partOfRecord(record, file) }
      }
    } catch (error) {
      throw unreadable(file.path, error)
    }
    before += rows
  }
}

/**
 * The number of a record in its part, from 0: its line where the part is one file, so that people find it there; else its place among all records,
 * because lines of several files repeat.
 */
export function rowOf({ files }: Pick<DataSource, 'files'>, { line, of }: PlacedRecord, place: number): number {
  const together = files.filter(({ part }) => part === null || part === of)
  return together.length === 1 ? line - 1 : place
}

/** `train` and `evaluation` stand for the part that a dataset has for that purpose. */
export type WantedPart = 'evaluation' | (string & {}) | null

/** The requested part of a dataset: the named one, or its training or evaluation part. */
export function choosePart(wanted: WantedPart | undefined, parts: readonly string[]): string | null {
  if (wanted === 'evaluation') return evaluationPart(parts)
  return wanted ?? trainingPart(parts)
}
