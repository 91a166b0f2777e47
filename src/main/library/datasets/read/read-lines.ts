/**
 * A file's lines, as bytes, one at a time. A line longer than the limit is never held: its bytes are dropped as they come.
 * Knows no encoding and no format.
 */
import { readBytes } from './bytes'
import type { ReadListener } from './record'

const NEWLINE = 0x0a

interface FileLine {
  /** From 1. */
  readonly line: number
  /** The line without its newline; null where it was longer than the limit. */
  readonly bytes: Uint8Array | null
}

interface PartialLine {
  parts: Uint8Array[]
  length: number
}

export async function* readLines(
  path: string,
  maxBytes: number,
  listener: ReadListener = {},
): AsyncGenerator<FileLine> {
  const partial: PartialLine = { parts: [], length: 0 }
  let line = 1
  for await (const chunk of readBytes(path, listener)) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      append(partial, chunk.subarray(start, end), maxBytes)
      yield { line, bytes: take(partial, maxBytes) }
      line++
      start = end + 1
    }
    append(partial, chunk.subarray(start), maxBytes)
  }
  if (partial.length > 0) yield { line, bytes: take(partial, maxBytes) }
}

function append(partial: PartialLine, bytes: Uint8Array, maxBytes: number): void {
  partial.length += bytes.length
  if (partial.length > maxBytes) partial.parts = []
  else if (bytes.length > 0) partial.parts.push(bytes)
}

function take(partial: PartialLine, maxBytes: number): Uint8Array | null {
  const { parts, length } = partial
  partial.parts = []
  partial.length = 0
  if (length > maxBytes) return null
  const [first] = parts
  return parts.length === 1 && first ? first : Buffer.concat(parts)
}
