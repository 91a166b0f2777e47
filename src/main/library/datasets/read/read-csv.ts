/** CSV and TSV, streamed: the first record names the columns, quoted fields may hold newlines. Knows no layout. */
import { GpoError } from '@shared/errors'
import { DELIMITERS, type Delimiter } from '@shared/schemas/dataset'
import { readBytes } from './bytes'
import { type CsvRecord, createCsvParser } from './csv-parser'
import { decodeUtf8, MAX_RECORD_BYTES } from './read-jsonl'
import { MAX_COLUMNS, type RawRecord, type ReadListener, tooManyColumns } from './record'

const NAMES: Readonly<Record<Delimiter, string>> = {
  ',': 'commas',
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'vertical bars',
}
/** Characters and records at the beginning that are used to detect the delimiter. */
const SNIFFED = 64_000
const SNIFFED_RECORDS = 30

export interface CsvOptions extends ReadListener {
  /** The delimiter that the file's name suggests. */
  readonly usual: Delimiter
  /** The chosen delimiter; without it, it is detected from the beginning. */
  readonly delimiter?: Delimiter
}

/** Fields come as latin1, one character a byte, so that every field's UTF-8 can be checked by itself. */
export async function* readCsv(path: string, options: CsvOptions): AsyncGenerator<RawRecord> {
  const chunks = readBytes(path, options)
  const first = await chunks.next()
  if (first.done) return
  const start = latin1(first.value)
  const delimiter = options.delimiter ?? sniff(start.slice(0, SNIFFED), options.usual)
  if (delimiter !== options.usual) options.onNote?.(`fields are separated by ${NAMES[delimiter]}`)
  const parser = createCsvParser(delimiter, MAX_RECORD_BYTES)
  let header: readonly string[] | null = null
  const take = function* (records: readonly CsvRecord[]): Generator<RawRecord> {
    for (const record of records) {
      if (header === null) header = headerOf(path, record, options)
      else yield recordOfRow(record, header)
    }
  }
  yield* take(parser.push(start))
  for await (const chunk of chunks) yield* take(parser.push(latin1(chunk)))
  const { records, unclosed } = parser.end()
  yield* take(records)
  if (unclosed === null) return
  const reason = 'is not valid CSV: a quote is never closed; the lines after it were not read'
  yield { line: unclosed, reason }
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')

/** The delimiter that cuts the first records into the same number of fields, as many as possible; the usual one if none does. */
function sniff(start: string, usual: Delimiter): Delimiter {
  const scores = DELIMITERS.map((delimiter) => ({ delimiter, fields: fieldsUnder(start, delimiter) }))
  const best = scores.reduce((a, b) =>
    b.fields > a.fields || (b.fields === a.fields && b.delimiter === usual) ? b : a,
  )
  const isUsual = scores.some(({ delimiter, fields }) => delimiter === usual && fields > 1)
  return best.fields > 1 && !isUsual ? best.delimiter : usual
}

/** Number of fields per record with a delimiter; 1 if most records differ from the header. */
function fieldsUnder(start: string, delimiter: Delimiter): number {
  const [header, ...records] = createCsvParser(delimiter, SNIFFED).push(`${start}\n`).slice(0, SNIFFED_RECORDS)
  const wanted = header?.fields?.length ?? 1
  // The last record may be incomplete.
  const whole = records.length > 1 ? records.slice(0, -1) : records
  const alike = whole.filter(({ fields }) => fields?.length === wanted).length
  return alike * 2 > whole.length ? wanted : 1
}

function headerOf(path: string, { fields, count }: CsvRecord, { onDuplicate }: ReadListener): readonly string[] {
  if (count > MAX_COLUMNS) throw new GpoError('data', `${path} ${tooManyColumns(count)}: choose another separator`)
  const names = (fields ?? []).map((name) => decodeUtf8(Buffer.from(name, 'latin1'))?.trim())
  if (names.includes(undefined)) throw new GpoError('data', `${path}: its header is not valid UTF-8; save it as UTF-8`)
  return distinct(names as string[], onDuplicate)
}

/** As pandas names them: `note`, `note.1`; a column without a name by its place. */
function distinct(names: readonly string[], onDuplicate: ReadListener['onDuplicate']): readonly string[] {
  const taken = new Set<string>()
  /** Where to go on counting for each name: a thousand columns of one name are not counted a thousand times. */
  const counted = new Map<string, number>()
  return names.map((given, i) => {
    const name = given === '' ? `Unnamed: ${i}` : given
    let free = name
    let n = counted.get(name) ?? 1
    for (; taken.has(free); n++) free = `${name}.${n}`
    counted.set(name, n)
    if (free !== name) onDuplicate?.(name)
    taken.add(free)
    return free
  })
}

function recordOfRow({ line, fields, count }: CsvRecord, header: readonly string[]): RawRecord {
  if (fields === null) return { line, reason: `is longer than ${MAX_RECORD_BYTES / 1e6} MB` }
  if (count !== header.length) return { line, reason: `has ${count} fields, the header has ${header.length}` }
  const values = fields.map((field) => decodeUtf8(Buffer.from(field, 'latin1')))
  const broken = values.indexOf(null)
  if (broken >= 0) return { line, reason: `column "${header[broken]}" is not valid UTF-8` }
  return { line, fields: new Map(header.map((name, i) => [name, values[i]])) }
}
