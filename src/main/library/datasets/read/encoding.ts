/** Detects a text's encoding from its bytes and recodes it to UTF-8. Knows no files. */
import { isAscii } from 'node:buffer'
import { GpoError } from '@shared/errors'

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

const NAMES: Readonly<Record<Encoding, string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16 (little endian)',
  'utf-16be': 'UTF-16 (big endian)',
  'windows-1252': 'Windows-1252 (Latin-1)',
}

/** Most bytes held back while a text may be UTF-8 or Windows-1252. */
const MAX_HELD = 16_000_000
/** Number of bytes examined to detect UTF-16 without its mark. */
const SNIFFED = 4096

/** A text's mark (BOM): its encoding and its length in bytes. */
function markOf(start: Uint8Array): { readonly encoding: Encoding; readonly length: number } | null {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return { encoding: 'utf-8', length: 3 }
  if (start[0] === 0xff && start[1] === 0xfe) return { encoding: 'utf-16le', length: 2 }
  if (start[0] === 0xfe && start[1] === 0xff) return { encoding: 'utf-16be', length: 2 }
  return null
}

/** UTF-16 without a mark: in mostly Latin text, every other byte is zero. */
function unmarkedUtf16(start: Uint8Array): Encoding | null {
  const sample = start.subarray(0, SNIFFED)
  const zeros = [0, 0]
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) zeros[i % 2]!++ // two counters
  const half = sample.length / 2
  const [even = 0, odd = 0] = zeros
  if (sample.length < 8) return null
  if (odd > half * 0.5 && even < half * 0.05) return 'utf-16le'
  return even > half * 0.5 && odd < half * 0.05 ? 'utf-16be' : null
}

/** Bytes of a UTF-8 sequence with this first byte; 0 where none begins with it. */
function lengthOfSequence(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 0
  if (lead >= 0xf0) return 4
  return lead >= 0xe0 ? 3 : 2
}

interface Counted {
  readonly valid: number
  readonly invalid: number
  /** Length of a sequence cut off at the end. */
  readonly tail: Uint8Array
}

/** Sequences of several bytes that are UTF-8, and bytes beyond ASCII that belong to none. */
function countSequences(bytes: Uint8Array): Counted {
  let [valid, invalid, i] = [0, 0, 0]
  for (; i < bytes.length; i++) {
    const lead = bytes[i] ?? 0
    if (lead < 0x80) continue
    const length = lengthOfSequence(lead)
    if (length > 0 && i + length > bytes.length) break
    const isSequence = length > 0 && bytes.subarray(i + 1, i + length).every((byte) => byte >> 6 === 2)
    if (isSequence) i += length - 1
    if (isSequence) valid++
    else invalid++
  }
  return { valid, invalid, tail: bytes.subarray(i) }
}

async function* recode(
  path: string,
  encoding: Encoding,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const encoder = new TextEncoder()
  try {
    for await (const chunk of chunks) yield encoder.encode(decoder.decode(chunk, { stream: true }))
    yield encoder.encode(decoder.decode())
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new GpoError('data', `${path} is not valid ${NAMES[encoding]} text; save it as UTF-8`)
  }
}

/** The chunks that were read ahead, then the rest. */
async function* after(held: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* held
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}

/** Bytes from the first non-ASCII one on, held until the encoding is clear. */
async function decide(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): Promise<{ held: Uint8Array[]; encoding: Encoding }> {
  const held = [first]
  let [size, valid, invalid] = [0, 0, 0]
  let tail: Uint8Array = new Uint8Array()
  for (let chunk: Uint8Array | undefined = first; chunk; ) {
    const counted = countSequences(Buffer.concat([tail, chunk]))
    valid += counted.valid
    invalid += counted.invalid
    tail = counted.tail
    size += chunk.length
    if (valid > invalid / 10 || size > MAX_HELD) break
    const next: IteratorResult<Uint8Array> = await rest.next()
    chunk = next.done ? undefined : next.value
    if (chunk) held.push(chunk)
  }
  return { held, encoding: valid > (invalid + tail.length) / 10 ? 'utf-8' : 'windows-1252' }
}

/** At least `length` bytes, or all if there are fewer. */
async function firstBytes(rest: AsyncIterator<Uint8Array>, length: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for (let size = 0; size < length; ) {
    const next = await rest.next()
    if (next.done) break
    parts.push(next.value)
    size += next.value.length
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

/** A text as UTF-8 without its mark. Another encoding is reported. */
export async function* toUtf8(
  path: string,
  chunks: AsyncGenerator<Uint8Array>,
  onNote: (note: string) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const rest = chunks[Symbol.asyncIterator]()
  const start = await firstBytes(rest, SNIFFED)
  const mark = markOf(start)
  const wide = mark ? mark.encoding : unmarkedUtf16(start)
  const text = after([start.subarray(mark?.length ?? 0)], rest)
  if (wide === 'utf-8') yield* text
  else if (wide !== null) {
    onNote(`read as ${NAMES[wide]}`)
    yield* recode(path, wide, text)
  } else yield* narrow(path, text, onNote)
}

/** UTF-8, or Windows-1252 if no non-ASCII sequence is valid UTF-8. */
async function* narrow(
  path: string,
  chunks: AsyncGenerator<Uint8Array>,
  onNote: (note: string) => void,
): AsyncGenerator<Uint8Array> {
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    if (isAscii(next.value)) {
      yield next.value
      continue
    }
    const { held, encoding } = await decide(next.value, chunks)
    const text = after(held, chunks)
    if (encoding === 'utf-8') yield* text
    else {
      onNote(`read as ${NAMES[encoding]}, because it is not UTF-8`)
      yield* recode(path, encoding, text)
    }
    return
  }
}
