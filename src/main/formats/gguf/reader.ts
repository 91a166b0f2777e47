/** A GGUF model's tensors under the names, in the order of rows and with the values that Hugging Face's checkpoint of the model has. */
import { closeSync, openSync } from 'node:fs'
import { GpoError } from '@shared/errors'
import { damaged, shown } from '../safetensors-header'
import { allocate, checkFinite, reading, type TensorReader } from '../tensor-reader'
import { type Architecture, architectureOf } from './architectures'
import type { GgufModel } from './model'
import { checkpointName } from './names'
import { readValues, refuseUnreadable } from './read-tensor'
import { type Interleaved, sourceRange, sourceRow } from './rows'
import type { PlacedTensor } from './split'

/** Values that are decoded at once: 16 MiB as float32. */
const VALUES_AT_ONCE = 1 << 22

/** A tensor of the checkpoint and where it comes from. */
interface Source {
  readonly place: PlacedTensor
  readonly rows: number
  /** Values of a row. */
  readonly width: number
  readonly heads: Interleaved
  /** What is taken off every value. */
  readonly offset: number
}

function headsOf(model: GgufModel, { name: architecture, isInterleaved }: Architecture, name: string): Interleaved {
  if (!isInterleaved || !/\.[qk]_proj\.(weight|bias)$/.test(name)) return null
  const count = model.metadata.get(`${architecture}.attention.head_count`)
  const keys = model.metadata.get(`${architecture}.attention.head_count_kv`) ?? count
  const heads = name.includes('.q_proj.') ? count : keys
  return typeof heads === 'number' && Number.isInteger(heads) && heads > 0 ? heads : null
}

function sourceOf(model: GgufModel, architecture: Architecture, name: string, place: PlacedTensor): Source {
  refuseUnreadable(place)
  const heads = headsOf(model, architecture, name)
  const values = place.shape.reduce((a, b) => a * b, 1)
  const rows = place.shape.length > 1 || heads !== null ? place.shape[0]! : 1 // a rank of 1 or more
  if (heads !== null && (rows % (2 * heads) !== 0 || (values / rows) % place.type.values !== 0))
    throw damaged(place.path, `gives ${shown(place.name)} ${rows} rows, which ${heads} heads cannot share`)
  const offset = name.endsWith('norm.weight') ? architecture.normOffset : 0
  return { place, rows, width: values / rows, heads, offset }
}

/** Rows `start` to `end` of the checkpoint's tensor. */
function readRows(
  handle: number,
  { place, rows, width, heads, offset }: Source,
  start: number,
  end: number,
): Float32Array {
  const [first, last] = sourceRange(start, end, rows, heads)
  const stored = readValues(handle, place, first * width, (last - first) * width)
  if (offset !== 0) for (let i = 0; i < stored.length; i++) stored[i]! -= offset
  if (heads === null) return stored
  const out = new Float32Array((end - start) * width)
  for (let row = start; row < end; row++) {
    const from = (sourceRow(row, rows, heads) - first) * width
    out.set(stored.subarray(from, from + width), (row - start) * width)
  }
  return out
}

function sourcesOf(model: GgufModel): ReadonlyMap<string, Source> {
  const architecture = architectureOf(model)
  const sources = new Map<string, Source>()
  for (const [own, place] of model.tensors) {
    const name = checkpointName(own, architecture)
    if (name !== null) sources.set(name, sourceOf(model, architecture, name, place))
  }
  return sources
}

/** Opens each file once, when a tensor of it is read. */
function openHandles() {
  const handles = new Map<string, number>()
  return {
    of: (path: string): number => {
      const handle = handles.get(path) ?? reading(path, () => openSync(path, 'r'))
      handles.set(path, handle)
      return handle
    },
    close: () => {
      for (const handle of handles.values()) closeSync(handle)
      handles.clear()
    },
  }
}

/** @throws GpoError('model') for an architecture or a type that is not known */
export function openGgufTensors(model: GgufModel): TensorReader {
  const sources = sourcesOf(model)
  const handles = openHandles()
  const find = (name: string): Source => {
    const source = sources.get(name)
    if (!source) throw new GpoError('model', `${model.path} has no tensor ${shown(name)}`)
    return source
  }
  const readPart = (name: string, start: number, length: number) => {
    const source = find(name)
    const { width, place } = source
    const first = Math.floor(start / width)
    const rows = readRows(handles.of(place.path), source, first, Math.ceil((start + length) / width))
    const from = start - first * width
    return checkFinite(place.path, name, rows.subarray(from, from + length), start)
  }
  const read = (name: string) => {
    const { place, rows, width } = find(name)
    const size = rows * width
    const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / width)) * width
    if (size <= atOnce) return readPart(name, 0, size)
    const out = new Float32Array(allocate(place.path, 4 * size).buffer)
    for (let at = 0; at < size; at += atOnce) out.set(readPart(name, at, Math.min(atOnce, size - at)), at)
    return out
  }
  return {
    names: [...sources.keys()],
    info: (name) => {
      const { place } = find(name)
      return { dtype: place.type.name, shape: place.shape }
    },
    read,
    readPart,
    close: handles.close,
  }
}
