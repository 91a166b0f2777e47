/**
 * CSV text to records, as Python's csv module and pandas read it: a quote opens a field only at its beginning, a doubled one stands for
 * itself, and text after a closing quote belongs to the field unchanged. Fed in pieces. Knows no files and no columns.
 */
import { MAX_COLUMNS } from './record'

export interface CsvRecord {
  /** The line it begins on, from 1. */
  readonly line: number
  /** Null if it was longer than the limit and was not kept; at most the first `MAX_FIELDS` are kept. */
  readonly fields: readonly string[] | null
  /** How many it has. */
  readonly count: number
}

/** One more than the most that is read, so that no record of a file with too many looks as if it had few. */
const MAX_FIELDS = MAX_COLUMNS + 1

/** `quote` is right behind a quote inside a quoted field: it closes the field, or is the first of two. */
type State = 'start' | 'plain' | 'quoted' | 'quote'

interface Parser {
  readonly delimiter: string
  readonly limit: number
  /** What ends an unquoted field. */
  readonly ends: RegExp
  state: State
  field: string
  fields: string[]
  count: number
  /** Characters of the record so far. */
  size: number
  line: number
  begin: number
  /** The last character was a carriage return; a newline right after it belongs to it. */
  isAfterReturn: boolean
}

export interface CsvParser {
  readonly push: (text: string) => readonly CsvRecord[]
  /** @returns the last record, and the line of a quote that was never closed */
  readonly end: () => { readonly records: readonly CsvRecord[]; readonly unclosed: number | null }
}

export function createCsvParser(delimiter: string, limit: number): CsvParser {
  const ends = new RegExp(`[${delimiter === '\t' ? '\\t' : `\\${delimiter}`}\\n\\r]`, 'g')
  const parser: Parser = {
    ...{ delimiter, limit, ends, state: 'start', field: '', fields: [], count: 0, size: 0 },
    ...{ line: 1, begin: 1, isAfterReturn: false },
  }
  return {
    push: (text) => [...consume(parser, text)],
    end: () => {
      const unclosed = parser.state === 'quoted' ? parser.begin : null
      return { records: unclosed === null ? [...endRecord(parser)] : [], unclosed }
    },
  }
}

function* consume(parser: Parser, text: string): Generator<CsvRecord> {
  for (let at = 0; at < text.length; ) {
    if (parser.isAfterReturn && text[at] === '\n') {
      parser.isAfterReturn = false
      at++
    } else if (parser.state === 'quoted') at = takeQuoted(parser, text, at)
    else if (text[at] === '"' && parser.state !== 'plain') at = takeQuote(parser, at)
    else {
      at = takePlain(parser, text, at)
      if (at < text.length) yield* endField(parser, text[at++] ?? '')
    }
  }
}

function add(parser: Parser, text: string): void {
  parser.size += text.length
  parser.field = parser.size > parser.limit ? '' : parser.field + text
  parser.isAfterReturn = false
}

/** Up to the next quote. */
function takeQuoted(parser: Parser, text: string, at: number): number {
  const quote = text.indexOf('"', at)
  const end = quote < 0 ? text.length : quote
  const part = text.slice(at, end)
  add(parser, part)
  for (let i = part.indexOf('\n'); i >= 0; i = part.indexOf('\n', i + 1)) parser.line++
  if (quote >= 0) parser.state = 'quote'
  return quote < 0 ? end : end + 1
}

/** A quote at a field's beginning opens it; one behind another stands for itself. */
function takeQuote(parser: Parser, at: number): number {
  if (parser.state === 'quote') add(parser, '"')
  parser.isAfterReturn = false
  parser.state = 'quoted'
  return at + 1
}

/** Up to the end of the field. */
function takePlain(parser: Parser, text: string, at: number): number {
  parser.ends.lastIndex = at
  const end = parser.ends.exec(text)?.index ?? text.length
  if (end > at) {
    add(parser, text.slice(at, end))
    parser.state = 'plain'
  }
  return end
}

function* endField(parser: Parser, end: string): Generator<CsvRecord> {
  if (end === parser.delimiter) {
    parser.isAfterReturn = false
    closeField(parser)
    return
  }
  yield* endRecord(parser)
  parser.line++
  parser.begin = parser.line
  parser.isAfterReturn = end === '\r'
}

function closeField(parser: Parser): void {
  if (parser.size <= parser.limit && parser.count < MAX_FIELDS) parser.fields.push(parser.field)
  parser.count++
  parser.field = ''
  parser.state = 'start'
  parser.size++
}

/** A line without anything is not a record. */
function* endRecord(parser: Parser): Generator<CsvRecord> {
  const isBlank = parser.size === 0 && parser.state === 'start'
  if (!isBlank) closeField(parser)
  const { fields, count, begin: line } = parser
  const isTooLong = parser.size > parser.limit
  parser.fields = []
  parser.count = 0
  parser.size = 0
  if (!isBlank) yield { line, count, fields: isTooLong ? null : fields }
}
