/**
 * The header of a GGUF file: metadata, then each tensor's name, shape, type and place. Versions 2 and 3, little-endian. Everything in it is
 * untrusted: every number is held against the file's size before anything is allocated for it.
 */
import { closeSync, fstatSync, openSync } from 'node:fs'
import { GpoError } from '@shared/errors'
import { refuseStrangeFile } from '../regular-file'
import { damaged, shown } from '../safetensors-header'
import { ByteReader, type OpenFile } from './byte-reader'
import type { GgufMetadata, GgufValue } from './metadata'
import { checkLayout, readPlace, type TensorPlace } from './places'
import { readValue } from './values'

export interface GgufHeader {
  readonly path: string
  readonly metadata: GgufMetadata
  /** In the file's order. */
  readonly tensors: ReadonlyMap<string, TensorPlace>
}

const MAGIC = 0x46554747 // "GGUF"
const MAX_KEYS = 1 << 16
const MAX_TENSORS = 1 << 17
/** Bytes of a key, by the format. */
const MAX_KEY = 65_535
/** The least bytes of a key with its value, and of a tensor's entry. */
const KEY_BYTES = 13
const TENSOR_BYTES = 32

const ALIGNMENT = 32
const MAX_ALIGNMENT = 1 << 16

function checkVersion(path: string, input: ByteReader): void {
  if (input.uint32('the mark that it is GGUF') !== MAGIC)
    throw damaged(path, 'does not begin with "GGUF": it is not a GGUF file, or it was not copied completely')
  const version = input.uint32('its version')
  if (version === 2 || version === 3) return
  if (version !== 0 && (version & 0xffff) === 0)
    throw new GpoError(
      'model',
      `${path} is big-endian, for other computers: choose a little-endian GGUF file of the model`,
    )
  const cure = 'versions 2 and 3 can be read: choose a newer GGUF file of the model, or convert it again with llama.cpp'
  throw new GpoError('model', `${path} is GGUF of version ${version}; ${cure}`)
}

function readMetadata(path: string, input: ByteReader, keys: number): GgufMetadata {
  const metadata = new Map<string, GgufValue>()
  for (let i = 0; i < keys; i++) {
    const key = input.text('a key of its metadata', MAX_KEY)
    if (metadata.has(key)) throw damaged(path, `has the key ${shown(key)} twice`)
    metadata.set(key, readValue(input, key))
  }
  return metadata
}

/** Tensors begin at multiples of it. */
function alignmentOf(path: string, metadata: GgufMetadata): number {
  const value = metadata.get('general.alignment') ?? ALIGNMENT
  const isFine = typeof value === 'number' && value >= 8 && value <= MAX_ALIGNMENT && Number.isInteger(Math.log2(value))
  if (isFine) return value
  const found = shown(String(value).slice(0, 40))
  throw damaged(path, `has general.alignment ${found}, expected a power of two from 8 to ${MAX_ALIGNMENT}`)
}

function readTensors(path: string, input: ByteReader, tensors: number): ReadonlyMap<string, TensorPlace> {
  const places = new Map<string, TensorPlace>()
  for (let i = 0; i < tensors; i++) {
    const place = readPlace(path, input)
    if (places.has(place.name)) throw damaged(path, `has the tensor ${shown(place.name)} twice`)
    places.set(place.name, place)
  }
  return places
}

/** @param file open for reading @throws GpoError('model') naming file, thing and value */
export function parseGgufHeader(file: OpenFile): GgufHeader {
  const { path, size } = file
  const input = new ByteReader(file)
  checkVersion(path, input)
  const tensors = input.count('tensors', TENSOR_BYTES, MAX_TENSORS)
  const keys = input.count('keys', KEY_BYTES, MAX_KEYS)
  const metadata = readMetadata(path, input, keys)
  const alignment = alignmentOf(path, metadata)
  const places = readTensors(path, input, tensors)
  const base = Math.ceil(input.used / alignment) * alignment
  return { path, metadata, tensors: checkLayout({ path, size, base, alignment }, places) }
}

/** @throws GpoError('model') naming file, thing and value */
export function readGgufHeader(path: string): GgufHeader {
  refuseStrangeFile(path, 'model')
  let handle: number | null = null
  try {
    handle = openSync(path, 'r')
    return parseGgufHeader({ path, handle, size: fstatSync(handle).size })
  } catch (error) {
    if (error instanceof GpoError) throw error
    const code = (error as NodeJS.ErrnoException).code
    if (code === undefined) throw error
    throw new GpoError('model', `${path} could not be read (${code}): check the path, the disk and the permissions`)
  } finally {
    if (handle !== null) closeSync(handle)
  }
}
