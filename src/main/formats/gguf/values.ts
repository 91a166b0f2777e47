/** The values of a GGUF file's metadata, each with the number of its kind before it. */
import { count, shown } from '../safetensors-header'
import type { ByteReader } from './byte-reader'
import type { GgufValue } from './metadata'

/** Values of all arrays together; the largest vocabularies, with their merges, have a third of it. */
const MAX_VALUES = 1 << 22
/** Arrays in arrays; no file that llama.cpp writes has any. */
const MAX_DEPTH = 2
const MAX_NESTED = 1 << 14

const BOOL = 7
const TEXT = 8
const ARRAY = 9
/** The least bytes an array takes: its kind and its length. */
const ARRAY_BYTES = 12

interface NumberKind {
  readonly bytes: number
  readonly read: (input: ByteReader, what: string) => number
  readonly room: (length: number) => Int32Array | Float32Array | Float64Array
}

const ints = (length: number) => new Int32Array(length)
const doubles = (length: number) => new Float64Array(length)

/** By their numbers in the format. */
const NUMBERS: Readonly<Record<number, NumberKind>> = {
  0: { bytes: 1, read: (input, what) => input.uint8(what), room: ints },
  1: { bytes: 1, read: (input, what) => input.int8(what), room: ints },
  2: { bytes: 2, read: (input, what) => input.uint16(what), room: ints },
  3: { bytes: 2, read: (input, what) => input.int16(what), room: ints },
  4: { bytes: 4, read: (input, what) => input.uint32(what), room: doubles },
  5: { bytes: 4, read: (input, what) => input.int32(what), room: ints },
  6: { bytes: 4, read: (input, what) => input.float32(what), room: (length) => new Float32Array(length) },
  10: { bytes: 8, read: (input, what) => input.uint64(what), room: doubles },
  11: { bytes: 8, read: (input, what) => input.int64(what), room: doubles },
  12: { bytes: 8, read: (input, what) => input.float64(what), room: doubles },
}

function readBool(input: ByteReader, what: string): boolean {
  const value = input.uint8(what)
  if (value > 1) throw input.fail(`has the byte ${value} as ${what}, expected 0 or 1 for no or yes`)
  return value === 1
}

/** How many values an array says it has. */
function lengthOf(input: ByteReader, what: string, bytes: number): number {
  const length = input.count(`values in ${what}`, bytes, MAX_VALUES)
  input.values += length
  if (input.values <= MAX_VALUES) return length
  throw input.fail(`has more than ${count(MAX_VALUES)} values in its arrays`)
}

function readList<T>(input: ByteReader, what: string, size: number, read: () => T): T[] {
  const length = lengthOf(input, what, size)
  const list: T[] = []
  for (let i = 0; i < length; i++) list.push(read())
  return list
}

function readNumbers(input: ByteReader, what: string, { bytes, read, room }: NumberKind): GgufValue {
  const length = lengthOf(input, what, bytes)
  const list = room(length)
  for (let i = 0; i < length; i++) list[i] = read(input, what)
  return list
}

function unknownKind(input: ByteReader, kind: number, what: string) {
  return input.fail(`has ${what} of the kind ${kind}, which the format does not have`)
}

function readNested(input: ByteReader, what: string, depth: number): GgufValue {
  if (depth >= MAX_DEPTH) throw input.fail(`has ${what} with arrays in arrays more than ${MAX_DEPTH} deep`)
  return readList(input, what, ARRAY_BYTES, () => {
    input.nested++
    if (input.nested > MAX_NESTED) throw input.fail(`has more than ${MAX_NESTED} arrays in arrays`)
    return readArray(input, what, depth + 1)
  })
}

function readArray(input: ByteReader, what: string, depth: number): GgufValue {
  const kind = input.uint32(what)
  const numbers = NUMBERS[kind]
  if (numbers) return readNumbers(input, what, numbers)
  if (kind === TEXT) return readList(input, what, 8, () => input.text(`a text of ${what}`))
  if (kind === BOOL) return readList(input, what, 1, () => readBool(input, what))
  if (kind === ARRAY) return readNested(input, what, depth)
  throw unknownKind(input, kind, what)
}

/** @param key named in errors @throws GpoError('model') */
export function readValue(input: ByteReader, key: string): GgufValue {
  const what = shown(key)
  const kind = input.uint32(`the kind of ${what}`)
  const numbers = NUMBERS[kind]
  if (numbers) return numbers.read(input, what)
  if (kind === TEXT) return input.text(what)
  if (kind === BOOL) return readBool(input, what)
  if (kind === ARRAY) return readArray(input, what, 1)
  throw unknownKind(input, kind, what)
}
