/** JSON Lines, streamed: one object per line; blank lines are skipped, bad lines reported and left out. Knows no layout. */
import { jsonProblem, parseJson } from './parse-json'
import { readLines } from './read-lines'
import { type RawRecord, type ReadListener, recordOf } from './record'

/** Largest line or CSV record, in bytes. */
export const MAX_RECORD_BYTES = 40_000_000

export async function* readJsonLines(path: string, listener: ReadListener = {}): AsyncGenerator<RawRecord> {
  for await (const { line, bytes } of readLines(path, MAX_RECORD_BYTES, listener)) {
    if (bytes === null) yield { line, reason: `is longer than ${MAX_RECORD_BYTES / 1e6} MB` }
    else {
      const record = parseLine(line, bytes)
      if (record) yield record
    }
  }
}

function parseLine(line: number, bytes: Uint8Array): RawRecord | null {
  const text = decodeUtf8(bytes)
  if (text === null) return { line, reason: 'is not valid UTF-8' }
  if (text.trim() === '') return null
  try {
    return recordOf(line, parseJson(text))
  } catch (error) {
    return { line, reason: jsonProblem(error) }
  }
}

/** Text without its byte order mark; null if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
