/** A GGUF model of several files, `NAME-00001-of-00003.gguf` and so on: any of them stands for all. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { GpoError } from '@shared/errors'
import { count, damaged, shown } from '../safetensors-header'
import { type GgufHeader, readGgufHeader } from './header'
import type { TensorPlace } from './places'

const NAME = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/i
const MAX_PARTS = 1000

const digits = (n: number) => String(n).padStart(5, '0')

/** The files that belong together by their names, whether there or not; the file itself where its name is no part's. */
export function filesByName(path: string): readonly string[] {
  const [, stem, , total] = NAME.exec(basename(path)) ?? []
  const parts = Number(total)
  if (stem === undefined || parts < 2 || parts > MAX_PARTS) return [path]
  return Array.from({ length: parts }, (_, i) =>
    join(dirname(path), `${stem}-${digits(i + 1)}-of-${digits(parts)}.gguf`),
  )
}

/** A whole number of the metadata, or what it is without it. */
function keyOf({ path, metadata }: GgufHeader, key: string, otherwise: number): number {
  const value = metadata.get(key) ?? otherwise
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw damaged(path, `has ${key} ${shown(value)}, expected a whole number`)
}

/** The files of all parts, in their order; the one that is given where there are no others. */
export function partsOf(header: GgufHeader): readonly string[] {
  const { path } = header
  const parts = keyOf(header, 'split.count', 1)
  if (parts <= 1) return [path]
  if (parts > MAX_PARTS)
    throw damaged(path, `says it is one of ${count(parts)} files; at most ${count(MAX_PARTS)} are read`)
  const files = filesByName(path)
  if (files.length === parts) return files
  const wanted = `-${digits(keyOf(header, 'split.no', 0) + 1)}-of-${digits(parts)}.gguf`
  throw new GpoError(
    'model',
    `${path} is one of ${parts} files of a model: give it back its name, which ended in ${wanted}`,
  )
}

function readPart(path: string, index: number, parts: number, given: GgufHeader): GgufHeader {
  if (!existsSync(path))
    throw new GpoError(
      'model',
      `${basename(path)} is missing: ${given.path} is one of ${parts} files that belong together; put it beside the others`,
    )
  const header = path === given.path ? given : readGgufHeader(path)
  const [number, total] = [keyOf(header, 'split.no', -1 >>> 0), keyOf(header, 'split.count', 1)]
  if (number === index && total === parts) return header
  throw damaged(path, `says it is file ${count(number + 1)} of ${count(total)}, its name says ${index + 1} of ${parts}`)
}

/** A tensor and the file it is in. */
export interface PlacedTensor extends TensorPlace {
  readonly path: string
}

/** All tensors of all parts. @throws GpoError('model') for one that is twice there, or where they are fewer than the parts say */
export function tensorsOf(parts: readonly GgufHeader[]): ReadonlyMap<string, PlacedTensor> {
  const all = new Map<string, PlacedTensor>()
  for (const { path, tensors } of parts) {
    for (const [name, place] of tensors) {
      const other = all.get(name)
      if (other) throw damaged(path, `has ${shown(name)}, which ${basename(other.path)} has as well`)
      all.set(name, { ...place, path })
    }
  }
  const [first] = parts as readonly [GgufHeader] // a model has a file
  const wanted = keyOf(first, 'split.tensors.count', all.size)
  if (wanted === all.size) return all
  throw damaged(first.path, `and its other files have ${count(all.size)} tensors together, expected ${count(wanted)}`)
}

export function readParts(path: string): readonly GgufHeader[] {
  const given = readGgufHeader(path)
  const paths = partsOf(given)
  return paths.length === 1 ? [given] : paths.map((part, i) => readPart(part, i, paths.length, given))
}
