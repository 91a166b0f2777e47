/** A JSON file of any extension: one value with all records, or one object per line. Knows no layout. */
import { GpoError } from '@shared/errors'
import { readBytes } from './bytes'
import { jsonProblem, parseJson, WHOLE_FILE } from './parse-json'
import { decodeUtf8, readJsonLines } from './read-jsonl'
import { type RawRecord, type ReadListener, recordOf } from './record'
import { recordsIn } from './wrapped'

/** A JSON value is held in memory as a whole, and a JavaScript string has at most half a gigabyte. */
const MAX_JSON_BYTES = 400_000_000

/** @param isByLine its extension means one object per line */
export async function* readJson(path: string, isByLine: boolean, listener: ReadListener): AsyncGenerator<RawRecord> {
  const firstLine = await readFirstLine(path)
  if (isByLine ? isWholeRecord(firstLine) || !/^[[{]/.test(firstLine.trim()) : false) {
    yield* readJsonLines(path, listener)
    return
  }
  const whole = await readWhole(path, isByLine, firstLine, listener)
  if (whole === 'lines') yield* readJsonLines(path, listener)
  else yield* records(path, whole.value, listener)
}

/** The beginning of a file up to its first newline, or as much as is needed to recognise it. */
async function readFirstLine(path: string): Promise<string> {
  let text = ''
  for await (const chunk of readBytes(path)) {
    text += Buffer.from(chunk).toString('utf8')
    const end = text.trimStart().indexOf('\n')
    if (end >= 0) return text.trimStart().slice(0, end)
    if (text.length > MAX_FIRST_LINE) return text
  }
  return text
}

const MAX_FIRST_LINE = 1 << 20

/**
 * True if the first line is one object, so that the file has one per line. A line longer than the limit counts as one if it begins with a brace.
 */
function isWholeRecord(line: string): boolean {
  if (line.length > MAX_FIRST_LINE) return line.startsWith('{')
  try {
    const first = parseJson(line)
    return typeof first === 'object' && first !== null && !Array.isArray(first)
  } catch {
    return false
  }
}

/** The value of the whole file; 'lines' if it must be read line by line. */
async function readWhole(
  path: string,
  isByLine: boolean,
  firstLine: string,
  listener: ReadListener,
): Promise<{ readonly value: unknown } | 'lines'> {
  const text = await readText(path, isByLine, listener)
  if (text === null) return 'lines'
  try {
    return { value: parseJson(text, WHOLE_FILE) }
  } catch (error) {
    if (isByLine || (isWholeRecord(firstLine) && text.includes('\n'))) return 'lines'
    throw new GpoError('data', `${path} ${jsonProblem(error)}; repair it, or save it as JSON Lines (.jsonl)`)
  }
}

/** Null if it is too large to hold in memory and may be read line by line. */
async function readText(path: string, isByLine: boolean, listener: ReadListener): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of readBytes(path, isByLine ? {} : listener)) {
    size += chunk.length
    if (size > MAX_JSON_BYTES && isByLine) return null
    if (size > MAX_JSON_BYTES) throw tooLarge(path)
    chunks.push(chunk)
  }
  const text = decodeUtf8(Buffer.concat(chunks))
  if (text === null && !isByLine) throw new GpoError('data', `${path} is not valid UTF-8; save it as UTF-8`)
  return text
}

const tooLarge = (path: string) =>
  new GpoError('data', `${path} is longer than ${MAX_JSON_BYTES / 1e6} MB as JSON: convert it to JSON Lines`)

function* records(path: string, value: unknown, listener: ReadListener): Generator<RawRecord> {
  for (const { part, items } of recordsIn(path, value, listener)) {
    let line = 0
    for (const item of items) yield { ...recordOf(++line, item), ...(part === null ? {} : { part }) }
  }
}
