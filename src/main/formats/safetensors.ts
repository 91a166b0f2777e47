/**
 * Reads safetensors: an 8-byte header length, a JSON header, raw tensors; one file, or shards with an index. Reads one tensor at a time by
 * file offset. Everything in a file is untrusted.
 */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { GpoError } from '@shared/errors'
import { shown as shownValue } from '@shared/shown'
import { readJsonObject } from './config-json'
import { BYTES, decodeFloats } from './dtypes'
import { count, damaged, type Entry, MAX_HEADER, parseHeader, shown, type TensorInfo } from './safetensors-header'
import { allocate, checkFinite, readExactly, reading, type TensorReader } from './tensor-reader'

export interface SafetensorsReader extends TensorReader {
  info(name: string): TensorInfo
}

interface OpenFile {
  readonly path: string
  readonly handle: number
  readonly entries: ReadonlyMap<string, Entry>
}

/** Where a tensor is. */
interface Home {
  readonly file: OpenFile
  readonly entry: Entry
}

/** Of a 16-bit tensor, while it is read: 16 MiB as float32. */
const VALUES_AT_ONCE = 1 << 22

const SINGLE = 'model.safetensors'
const INDEX = 'model.safetensors.index.json'

function readHeader(path: string, handle: number): ReadonlyMap<string, Entry> {
  const { size } = reading(path, () => fstatSync(handle))
  if (size < 8) throw damaged(path, `is ${size} bytes long, too short for a header`)
  const length = Number(new DataView(readExactly(path, handle, 0, 8).buffer).getBigUint64(0, true))
  if (length + 8 > size) throw damaged(path, `is ${count(size)} bytes long: its header says ${count(length)}`)
  if (length > MAX_HEADER)
    throw damaged(path, `has a header of ${count(length)} bytes; at most ${count(MAX_HEADER)} are read`)
  return parseHeader(path, readExactly(path, handle, 8, length), size)
}

/** Weights that PyTorch pickled: reading them may run code, so they are never read. */
const PICKLED = /\.(bin|pt|pth|ckpt)$/

function pickledIn(folder: string): string | undefined {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false
  return isFolder ? readdirSync(folder).find((name) => PICKLED.test(name) && /model/.test(name)) : undefined
}

function refusePickled(path: string): void {
  const folder = dirname(path)
  const pickled = reading(folder, () => pickledIn(folder))
  if (pickled === undefined) return
  throw new GpoError(
    'model',
    `${folder} has its weights in ${shown(pickled)}, a pickle, which may run code when it is read. If you trust it, convert it in Python with transformers: AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(NEW_FOLDER, safe_serialization=True); copy the tokenizer's files into the new folder and use it`,
  )
}

function openFile(path: string): OpenFile {
  if (!existsSync(path)) refusePickled(path)
  if (!existsSync(path))
    throw new GpoError('model', `${path} does not exist: a model folder needs ${SINGLE}, or ${INDEX} and its files`)
  if (!reading(path, () => statSync(path)).isFile())
    throw new GpoError('model', `${path} is not a file: remove it and copy the model again`)
  const handle = reading(path, () => openSync(path, 'r'))
  try {
    return { path, handle, entries: readHeader(path, handle) }
  } catch (error) {
    closeSync(handle)
    throw error
  }
}

const isFileName = (name: string) =>
  name !== '' && name === basename(name) && !name.startsWith('.') && !/[\\\0]/.test(name)

/** Tensor → file name, from an index. */
function readIndex(index: string): ReadonlyMap<string, string> {
  const map = readJsonObject(index)['weight_map']
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw damaged(index, 'has no "weight_map"')
  const entries = Object.entries(map)
  if (entries.length === 0) throw damaged(index, 'names no tensors')
  for (const [name, shard] of entries) {
    if (typeof shard !== 'string' || !isFileName(shard))
      throw damaged(index, `puts ${shown(name)} into ${shownValue(shard)}, which is not a file of this folder`)
  }
  return new Map(entries as [string, string][]) // texts, as the loop has checked
}

/** The files to open, and where an index says that each tensor is. As in transformers, a single file goes before an index. */
function filesOf(fileOrFolder: string): {
  readonly paths: readonly string[]
  readonly index: ReadonlyMap<string, string>
} {
  const isFolder = existsSync(fileOrFolder) && reading(fileOrFolder, () => statSync(fileOrFolder)).isDirectory()
  if (!isFolder) return { paths: [fileOrFolder], index: new Map() }
  const single = join(fileOrFolder, SINGLE)
  const indexFile = join(fileOrFolder, INDEX)
  if (existsSync(single) || !existsSync(indexFile)) return { paths: [single], index: new Map() }
  const index = readIndex(indexFile)
  const shards = [...new Set(index.values())]
  const missing = shards.find((shard) => !existsSync(join(fileOrFolder, shard)))
  if (missing !== undefined)
    throw new GpoError('model', `${missing} is missing: ${INDEX} names it; copy or download it again (${fileOrFolder})`)
  return { paths: shards.map((shard) => join(fileOrFolder, shard)), index }
}

function locate(files: readonly OpenFile[], index: ReadonlyMap<string, string>): ReadonlyMap<string, Home> {
  const homes = new Map<string, Home>()
  for (const file of files) {
    for (const [name, entry] of file.entries) {
      const other = homes.get(name)
      if (other) throw damaged(file.path, `has ${shown(name)}, which ${basename(other.file.path)} has as well`)
      homes.set(name, { file, entry })
    }
  }
  for (const [name, shard] of index) {
    const found = homes.get(name)
    if (!found || basename(found.file.path) !== shard)
      throw damaged(files[0]!.path, `and ${INDEX} do not match: ${shown(name)} is not in ${shard}`) // an index names a file
  }
  return homes
}

function readValues(name: string, { file, entry }: Home, start: number, count: number): Float32Array {
  const width = BYTES[entry.dtype]
  const bytes = readExactly(file.path, file.handle, entry.begin + start * width, count * width)
  return checkFinite(file.path, name, decodeFloats(bytes, entry.dtype), start)
}

/** 16-bit values are widened in parts, so that beside the result there is never more than one part. */
function readWhole(name: string, home: Home): Float32Array {
  const { begin, end, dtype } = home.entry
  const size = (end - begin) / BYTES[dtype]
  if (dtype === 'F32' || size <= VALUES_AT_ONCE) return readValues(name, home, 0, size)
  const out = new Float32Array(allocate(home.file.path, 4 * size).buffer)
  for (let at = 0; at < size; at += VALUES_AT_ONCE) {
    out.set(readValues(name, home, at, Math.min(VALUES_AT_ONCE, size - at)), at)
  }
  return out
}

/**
 * @param fileOrFolder a `.safetensors` file, or a folder with one or with an index and shards
 * @throws GpoError('model') naming file and tensor
 */
export function openSafetensors(fileOrFolder: string): SafetensorsReader {
  const files: OpenFile[] = []
  const close = () => {
    for (const { handle } of files.splice(0)) closeSync(handle)
  }
  try {
    const { paths, index } = filesOf(fileOrFolder)
    for (const path of paths) files.push(openFile(path))
    const homes = locate(files, index)
    const find = (name: string): Home => {
      const home = homes.get(name)
      if (!home) throw new GpoError('model', `${fileOrFolder} has no tensor ${shown(name)}`)
      return home
    }
    return {
      names: [...homes.keys()],
      info: (name) => find(name).entry,
      read: (name) => readWhole(name, find(name)),
      readPart: (name, start, count) => readValues(name, find(name), start, count),
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}
