/**
 * The header of a safetensors file: JSON that names each tensor with its dtype, its shape and where its bytes lie. Everything in it is
 * untrusted and checked here: the tensors must fill the rest of the file exactly, without gap or overlap. Opens no file.
 */
import { basename } from 'node:path'
import { GpoError } from '@shared/errors'
import { beyondLimits } from '@shared/json-limits'
import { shown as shownValue } from '@shared/shown'
import { BYTES, type StoredDtype } from './dtypes'

export interface TensorInfo {
  readonly dtype: StoredDtype
  readonly shape: readonly number[]
}

/** `begin` and `end` count bytes from the start of the file. */
export interface Entry extends TensorInfo {
  readonly begin: number
  readonly end: number
}

type Named = readonly [name: string, entry: Entry]

export const MAX_HEADER = 100_000_000
/** A hundred thousand tensors. Main reads headers itself. */
const LIMITS = { depth: 8, values: 1_000_000 }
const MAX_RANK = 16
export const METADATA = '__metadata__'

export const count = (n: number) => n.toLocaleString('en')

/** A value out of a file: a plain name as it is, all else as `shown` of `shared` writes it. */
export const shown = (value: unknown): string =>
  typeof value === 'string' && /^[\w.:/+-]{1,200}$/.test(value) ? value : shownValue(value)

export function damaged(path: string, what: string): GpoError {
  return new GpoError('model', `${basename(path)} ${what}; copy or download it again (${path})`)
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)

const isDtype = (value: unknown): value is StoredDtype => typeof value === 'string' && Object.hasOwn(BYTES, value)

/** Index behind the closing quote of the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let i = start + 1
  while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1
  return i + 1
}

function isKeyEnd(json: string, position: number): boolean {
  let i = position
  while (json[i] === ' ' || json[i] === '\n' || json[i] === '\r' || json[i] === '\t') i++
  return json[i] === ':'
}

/** The first key that an object of valid JSON has twice, or null. JSON.parse keeps the last of them and says nothing. */
function duplicateKey(json: string): string | null {
  const open: Set<string>[] = []
  for (let i = 0; i < json.length; i++) {
    const character = json[i]
    if (character === '{') open.push(new Set())
    else if (character === '}') open.pop()
    else if (character === '"') {
      const end = endOfString(json, i)
      const keys = open.at(-1)
      if (keys && isKeyEnd(json, end)) {
        const key = JSON.parse(json.slice(i, end)) as string // a string, by its quotes
        if (keys.has(key)) return key
        keys.add(key)
      }
      i = end - 1
    }
  }
  return null
}

function parseJson(path: string, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let json: string
  let value: unknown
  const notJson = () => damaged(path, 'has a header that is not JSON')
  try {
    json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw notJson()
  }
  const beyond = beyondLimits(json, LIMITS)
  if (beyond !== null) throw damaged(path, `has a header with ${beyond}`)
  try {
    value = JSON.parse(json)
  } catch {
    throw notJson()
  }
  if (!isRecord(value)) throw damaged(path, 'has a header that is not a JSON object')
  const twice = duplicateKey(json)
  if (twice !== null) throw damaged(path, `has ${shown(twice)} twice in its header`)
  return value
}

function checkMetadata(path: string, metadata: unknown): void {
  if (metadata === undefined || metadata === null) return
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string'))
    throw damaged(path, `has ${METADATA} that is not a table of strings`)
}

function parseEntry(path: string, name: string, value: unknown, base: number): Entry {
  if (!isRecord(value)) throw damaged(path, `describes ${shown(name)} without a dtype, a shape and offsets`)
  const { dtype, shape, data_offsets: offsets } = value
  if (!isSizes(shape) || shape.length > MAX_RANK) throw damaged(path, `gives ${shown(name)} no valid shape`)
  if (!isSizes(offsets) || offsets.length !== 2) throw damaged(path, `gives ${shown(name)} no valid offsets`)
  if (!isDtype(dtype)) {
    const found = shown(String(dtype))
    throw new GpoError(
      'model',
      `${basename(path)}: ${shown(name)} has the dtype ${found}; ${Object.keys(BYTES).join(', ')} can be read: convert the model (${path})`,
    )
  }
  const [begin, end] = [offsets[0]!, offsets[1]!] // isSizes and a length of 2
  const wanted = shape.reduce((a, b) => a * b, 1) * BYTES[dtype]
  if (end - begin !== wanted) {
    const takes = `[${shape.join(', ')}] ${dtype} takes ${count(wanted)}`
    throw damaged(path, `gives ${shown(name)} ${count(end - begin)} bytes, but ${takes}`)
  }
  return { dtype, shape, begin: base + begin, end: base + end }
}

/** Tensors follow each other from `base` to the end of the file. */
function checkLayout(path: string, entries: readonly Named[], base: number, size: number): void {
  let end = base
  let before = 'the header'
  for (const [name, entry] of entries.toSorted(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
    if (entry.end > size)
      throw damaged(path, `is ${count(size)} bytes long, but ${shown(name)} ends at byte ${count(entry.end)}`)
    if (entry.begin < end)
      throw damaged(path, `lets ${before} and ${shown(name)} overlap at byte ${count(entry.begin)}`)
    if (entry.begin > end)
      throw damaged(
        path,
        `has ${count(entry.begin - end)} bytes between ${before} and ${shown(name)} that belong to no tensor`,
      )
    end = entry.end
    before = shown(name)
  }
  if (end < size) throw damaged(path, `is ${count(size)} bytes long, but its tensors end at byte ${count(end)}`)
}

/**
 * @param bytes the JSON, without the 8 bytes of its length
 * @param size bytes of the whole file
 * @throws GpoError('model') naming file and tensor
 */
export function parseHeader(path: string, bytes: Uint8Array, size: number): ReadonlyMap<string, Entry> {
  const header = parseJson(path, bytes)
  const base = 8 + bytes.length
  checkMetadata(path, Object.hasOwn(header, METADATA) ? header[METADATA] : undefined)
  const named = Object.entries(header).filter(([name]) => name !== METADATA)
  const entries = named.map(([name, value]): Named => [name, parseEntry(path, name, value, base)])
  checkLayout(path, entries, base, size)
  return new Map(entries)
}
