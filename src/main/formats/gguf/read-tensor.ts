/** The values of a tensor of a GGUF model, in the file's order. */
import { closeSync, openSync } from 'node:fs'
import { GpoError } from '@shared/errors'
import { refuseStrangeFile } from '../regular-file'
import { count, damaged, shown } from '../safetensors-header'
import { readExactly, reading } from '../tensor-reader'
import { dequantise, isReadable, READABLE_TYPES } from './dequantise/dequantise'
import type { GgufModel } from './model'
import type { PlacedTensor } from './split'

/** @throws GpoError('model') for a type that is not dequantised here */
export function refuseUnreadable({ path, name, type }: PlacedTensor): void {
  if (isReadable(type)) return
  throw new GpoError(
    'model',
    `${path}: ${shown(name)} is stored as ${type.name}, which cannot be read; ${READABLE_TYPES.join(', ')} can: choose such a file of the model`,
  )
}

/** Values from the `start`th on; both numbers are multiples of the type's block. */
export function readValues(
  handle: number,
  { path, begin, type }: PlacedTensor,
  start: number,
  length: number,
): Float32Array {
  const bytes = (values: number) => (values / type.values) * type.bytes
  return dequantise(readExactly(path, handle, begin + bytes(start), bytes(length)), type)
}

/** Of a table. */
const MAX_TABLE = 1 << 12

/** A small one, whole. @throws GpoError('model') where it is not there */
export function readTensor(model: GgufModel, name: string): Float32Array {
  const place = model.tensors.get(name)
  if (!place) throw new GpoError('model', `${model.path} has no tensor ${name}: download or convert it again`)
  refuseUnreadable(place)
  const values = place.shape.reduce((a, b) => a * b, 1)
  if (values > MAX_TABLE)
    throw damaged(place.path, `gives ${name} ${count(values)} values; at most ${MAX_TABLE} make sense`)
  refuseStrangeFile(place.path, 'model')
  const handle = reading(place.path, () => openSync(place.path, 'r'))
  try {
    return readValues(handle, place, 0, values)
  } finally {
    closeSync(handle)
  }
}
