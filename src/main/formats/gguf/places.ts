/** Where the tensors of a GGUF file lie: inside the file, aligned, and none over another. */
import { GpoError } from '@shared/errors'
import { count, damaged, shown } from '../safetensors-header'
import type { ByteReader } from './byte-reader'
import { GGML_TYPES, type GgmlType } from './types'

export interface TensorPlace {
  readonly name: string
  /** Rows first, as the model writes them: [out, in]. */
  readonly shape: readonly number[]
  readonly type: GgmlType
  /** Bytes from the start of the file. */
  readonly begin: number
  readonly end: number
}

/** ggml's own limits. */
const MAX_RANK = 4
const MAX_NAME = 1024
const MAX_ELEMENTS = 2 ** 43

function readShape(path: string, input: ByteReader, name: string): readonly number[] {
  const rank = input.uint32(`the rank of ${name}`)
  if (rank < 1 || rank > MAX_RANK)
    throw damaged(path, `gives ${name} ${count(rank)} dimensions, expected 1 to ${MAX_RANK}`)
  const shape: number[] = []
  let elements = 1
  for (let i = 0; i < rank; i++) {
    const size = input.uint64(`a dimension of ${name}`)
    elements *= size
    if (size < 1 || elements > MAX_ELEMENTS) throw damaged(path, `gives ${name} the dimension ${count(size)}`)
    shape.unshift(size) // ggml counts the innermost dimension first
  }
  return shape
}

function typeOf(path: string, name: string, number: number): GgmlType {
  const type = GGML_TYPES.get(number)
  if (type) return type
  throw new GpoError(
    'model',
    `${path}: ${name} is stored as type ${number}, which is not known: choose a file of the model in another type, such as Q8_0 or Q4_K_M`,
  )
}

/** One entry; `begin` is still counted from the first tensor's byte. */
export function readPlace(path: string, input: ByteReader): TensorPlace {
  const own = input.text("a tensor's name", MAX_NAME)
  const name = shown(own)
  const shape = readShape(path, input, name)
  const type = typeOf(path, name, input.uint32(`the type of ${name}`))
  const columns = shape.at(-1)! // a rank of 1 or more
  if (columns % type.values !== 0)
    throw damaged(path, `gives ${name} rows of ${count(columns)} values; ${type.name} has blocks of ${type.values}`)
  const elements = shape.reduce((a, b) => a * b, 1)
  const begin = input.uint64(`the place of ${name}`)
  return { name: own, shape, type, begin, end: begin + (elements / type.values) * type.bytes }
}

interface Layout {
  readonly path: string
  /** Bytes of the file. */
  readonly size: number
  /** Where the tensors' bytes begin. */
  readonly base: number
  readonly alignment: number
}

function checkPlace({ path, size, alignment }: Layout, { name, begin, end }: TensorPlace): void {
  if (begin % alignment !== 0)
    throw damaged(path, `puts ${shown(name)} at byte ${count(begin)}, which is not a multiple of ${alignment}`)
  if (end > size) throw damaged(path, `is ${count(size)} bytes long, but ${shown(name)} ends at byte ${count(end)}`)
}

function checkOverlap({ path }: Layout, places: readonly TensorPlace[]): void {
  const ordered = places.toSorted((a, b) => a.begin - b.begin || a.end - b.end)
  for (let i = 1; i < ordered.length; i++) {
    const [before, after] = [ordered[i - 1]!, ordered[i]!]
    if (after.begin < before.end)
      throw damaged(path, `lets ${shown(before.name)} and ${shown(after.name)} overlap at byte ${count(after.begin)}`)
  }
}

/** @returns the places counted from the start of the file @throws GpoError('model') */
export function checkLayout(
  layout: Layout,
  places: ReadonlyMap<string, TensorPlace>,
): ReadonlyMap<string, TensorPlace> {
  const { base } = layout
  const moved = [...places.values()].map((place) => ({ ...place, begin: base + place.begin, end: base + place.end }))
  for (const place of moved) checkPlace(layout, place)
  checkOverlap(layout, moved)
  return new Map(moved.map((place) => [place.name, place]))
}
