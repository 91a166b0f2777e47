/** From a path to the files of a set and their format. Knows no layout. */
import { open, readdir, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { GpoError } from '@shared/errors'

export type DataFormat = 'jsonl' | 'json' | 'csv' | 'tsv' | 'parquet'

interface DataSource {
  readonly format: DataFormat
  readonly files: readonly string[]
}

const FORMATS: ReadonlyMap<string, DataFormat> = new Map([
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
  ['.json', 'json'],
  ['.csv', 'csv'],
  ['.tsv', 'tsv'],
  ['.parquet', 'parquet'],
])
const READABLE = [...FORMATS.keys()].join(', ')

/** Throws GpoError('data') where there is nothing that can be read. */
export async function findSource(path: string): Promise<DataSource> {
  const info = await reach(path, () => stat(path))
  if (info.isDirectory()) return { format: 'parquet', files: await reach(path, () => findParquet(path)) }
  if (!info.isFile()) throw new GpoError('data', `${path} is neither a file nor a folder; name a ${READABLE} file`)
  if (info.size === 0) throw new GpoError('data', `${path} is empty (0 bytes); download or export it again`)
  return { format: await reach(path, () => formatOf(path)), files: [path] }
}

/** Runs a step on a file; what the system says becomes a message a person can act on. */
async function reach<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** A failure of the file system as a GpoError; anything else as it is. */
export function unreadable(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GpoError || !('syscall' in error || 'errno' in error)) return error
  const code = 'code' in error ? String(error.code) : error.message
  if (code === 'ENOENT') return new GpoError('data', `${path} does not exist; check the path`, { cause: error })
  if (code === 'EACCES' || code === 'EPERM') {
    return new GpoError('data', `${path} may not be read by this user; change its permissions`, { cause: error })
  }
  return new GpoError('data', `${path} cannot be read (${code}); check the disk and the path`, { cause: error })
}

async function formatOf(path: string): Promise<DataFormat> {
  const start = await readStart(path)
  const utf16 = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)
  if (start.toString('latin1') === 'PAR1') return 'parquet'
  if (utf16) throw new GpoError('data', `${path} is UTF-16 text; save it as UTF-8`)
  const extension = extname(path).toLowerCase()
  const format = FORMATS.get(extension)
  if (format) return format
  const cure = extension === '.gz' || extension === '.zip' || extension === '.zst' ? 'unpack it first' : 'convert it'
  const found = extension === '' ? 'has no extension' : `has the extension ${extension.slice(0, 20)}`
  throw new GpoError('data', `${path} ${found}; ${READABLE} are read: ${cure}`)
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** The Parquet files of a folder, by name; a Hugging Face download keeps them one folder deeper. */
async function findParquet(folder: string): Promise<readonly string[]> {
  const direct = await listParquet(folder)
  if (direct.length > 0) return direct
  const entries = await readdir(folder, { withFileTypes: true })
  const below = await Promise.all(entries.filter((e) => e.isDirectory()).map((e) => listParquet(join(folder, e.name))))
  const found = below.filter((files) => files.length > 0)
  const [only] = found
  if (only && found.length === 1) return only
  if (found.length > 1) {
    const names = found.map(([file]) => basename(join(file ?? '', '..'))).slice(0, 10)
    throw new GpoError('data', `${folder} has Parquet files in ${names.join(', ')}; name one of these folders`)
  }
  const others = entries.filter((e) => e.isFile() && FORMATS.has(extname(e.name).toLowerCase())).map((e) => e.name)
  const cure = others.length > 0 ? `name one of its files: ${others.slice(0, 10).join(', ')}` : 'name a file with data'
  throw new GpoError('data', `${folder} is a folder without Parquet files; ${cure}`)
}

async function listParquet(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((e) => !e.isDirectory() && extname(e.name).toLowerCase() === '.parquet')
    .map((e) => e.name)
  return names.sort().map((name) => join(folder, name))
}
