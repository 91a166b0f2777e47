/** Finds the files of a dataset at a path, their formats and their parts (train, validation, test). Knows no layout. */
import { stat } from 'node:fs/promises'
import { basename, dirname, extname, sep } from 'node:path'
import { resourcesFolder } from '@main/paths'
import { GpoError } from '@shared/errors'
import { packingOf, readStart } from './bytes'
import { type FoundFile, listFiles } from './folder'
import { groupBy } from './group-by'
import { partOfName } from './splits'

export type DataFormat = 'jsonl' | 'json' | 'csv' | 'tsv' | 'parquet'

export interface SourceFile {
  readonly path: string
  readonly format: DataFormat
  /** The part in its name; null if there is none, or if the file was chosen by itself. */
  readonly part: string | null
}

export interface DataSource {
  readonly files: readonly SourceFile[]
  /** Sentences on what was left out. */
  readonly notes: readonly string[]
}

const FORMATS: ReadonlyMap<string, DataFormat> = new Map([
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
  ['.json', 'json'],
  ['.csv', 'csv'],
  ['.tsv', 'tsv'],
  ['.parquet', 'parquet'],
])
const PACKED = ['.gz', '.zst']
const READABLE = [...FORMATS.keys()].join(', ')
/** Files that tools keep beside the rows. */
const ABOUT = /^(dataset_infos?|dataset_dict|state|config|package|tokenizer.*|.*\.metadata|metadata|croissant)\.json$/i

/** Name without the extension of its compression. */
function unpackedName(name: string): string {
  const packed = PACKED.find((ending) => name.toLowerCase().endsWith(ending))
  return packed ? name.slice(0, -packed.length) : name
}

const formatOfName = (name: string): DataFormat | undefined => FORMATS.get(extname(unpackedName(name)).toLowerCase())

/** Throws GpoError('data') if nothing can be read. */
export async function findSource(path: string): Promise<DataSource> {
  const info = await reach(path, () => stat(path))
  if (info.isDirectory()) return reach(path, () => findInFolder(path))
  if (!info.isFile()) throw new GpoError('data', `${path} is neither a file nor a folder; choose a ${READABLE} file`)
  if (info.size === 0) throw new GpoError('data', `${path} is empty (0 bytes); download or export it again`)
  const format = await reach(path, () => formatOf(path))
  return { files: [{ path, format, part: null }], notes: await besideNotes(path) }
}

/** Runs a step on a file; errors of the system become messages that a person can act on. */
async function reach<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** An error of the file system as a GpoError; anything else unchanged. */
export function unreadable(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GpoError || !('syscall' in error || 'errno' in error)) return error
  const code = 'code' in error ? String(error.code) : error.message
  if (code === 'ENOENT') return new GpoError('data', `${path} does not exist; check the path`, { cause: error })
  if (code === 'EACCES' || code === 'EPERM') {
    return new GpoError('data', `${path} cannot be read by this user; change its permissions`, { cause: error })
  }
  return new GpoError('data', `${path} cannot be read (${code}); check the disk and the path`, { cause: error })
}

async function formatOf(path: string): Promise<DataFormat> {
  const start = await readStart(path, 4)
  if (start.toString('latin1') === 'PAR1') return 'parquet'
  const format = formatOfName(path)
  const extension = extname(path).toLowerCase()
  const isPacked = packingOf(start) !== null
  if (format && !(PACKED.includes(extension) && !isPacked) && !(format === 'parquet' && isPacked)) return format
  const cure =
    isPacked || [...PACKED, '.zip', '.bz2', '.xz', '.7z'].includes(extension) ? 'unpack it first' : 'convert it'
  const found = extension === '' ? 'has no extension' : `has the extension ${extension.slice(0, 20)}`
  const packed = `${READABLE} are read, text also as .gz and .zst`
  throw new GpoError('data', `${path} ${found}; ${packed}: ${cure}`)
}

/** The files of a dataset in a folder: directly in it, or in one folder below it. */
async function findInFolder(folder: string): Promise<DataSource> {
  const { files, notes } = await listFiles(folder)
  const data = files.filter(({ name }) => formatOfName(name) !== undefined && !ABOUT.test(basename(name)))
  if (data.length === 0) throw nothingIn(folder, files)
  const groups = groupBy(data, subsetOf)
  const top = groups.get('')
  if (!top && groups.size > 1) {
    const names = [...groups.keys()].slice(0, 10).join(', ')
    throw new GpoError('data', `${folder} has several sets of files, in ${names}; choose one of these folders`)
  }
  const chosen = top ?? [...groups.values()][0] ?? []
  const left = [...groups.keys()].filter((name) => top && name !== '')
  const more = left.length > 0 ? [`the files in ${left.slice(0, 10).join(', ')} are not used`] : []
  return { files: await withFormats(folder, chosen), notes: [...notes, ...more] }
}

/** The folders of a file, without those that only name a part or "data". */
function subsetOf({ name }: FoundFile): string {
  const folders = name.split('/').slice(0, -1)
  return folders.filter((one) => partOfName(one) === null && one.toLowerCase() !== 'data').join('/')
}

/** The part in a file's name, or in its folder's. */
function partOfFile({ name }: FoundFile): string | null {
  const [file = '', ...folders] = name.split('/').toReversed()
  return [file.replace(/(\.[a-z]+){1,2}$/i, ''), ...folders].map(partOfName).find((part) => part !== null) ?? null
}

async function withFormats(folder: string, found: readonly FoundFile[]): Promise<readonly SourceFile[]> {
  refuseTwins(folder, found)
  const parts = found.map(partOfFile)
  const isSplit = parts.some((part) => part !== null)
  const files: SourceFile[] = []
  for (const [i, { path }] of found.entries()) {
    // Beside files that name their part, a file without one is a separate part.
    const part = parts[i] ?? (isSplit ? basename(unpackedName(path), extname(unpackedName(path))) : null)
    files.push({ path, format: await formatOf(path), part })
  }
  return files
}

/** The same file in two formats would give every row twice. */
function refuseTwins(folder: string, found: readonly FoundFile[]): void {
  const stems = groupBy(found, ({ name }) => unpackedName(name).replace(/\.[^./]+$/, ''))
  const twins = [...stems.values()].find((files) => files.length > 1)
  if (!twins) return
  const names = twins.map(({ name }) => name).join(' and ')
  throw new GpoError('data', `${folder} has ${names}, which may be the same rows; choose one of them`)
}

function nothingIn(folder: string, files: readonly FoundFile[]): GpoError {
  const isArrow = files.some(({ name }) => name.endsWith('.arrow'))
  const cure = isArrow ? 'its Arrow files are not read: save the set as Parquet (to_parquet)' : 'choose a data file'
  return new GpoError('data', `${folder} is a folder without ${READABLE} files; ${cure}`)
}

/** A sentence on other parts of the dataset beside a training file that was chosen by itself. Bundled datasets offer theirs anyway. */
async function besideNotes(path: string): Promise<readonly string[]> {
  if (path.startsWith(resourcesFolder() + sep)) return []
  if (partOfFile({ name: basename(path), path }) !== 'train') return []
  const { files } = await listFiles(dirname(path), 0).catch(() => ({ files: [] }))
  const stem = (name: string) =>
    name
      .split(/[^\p{L}]+/u)
      .filter((word) => partOfName(word) === null)
      .join(' ')
  const others = files.filter(
    (file) => ![null, 'train'].includes(partOfFile(file)) && stem(file.name) === stem(basename(path)),
  )
  if (others.length === 0) return []
  const names = others.slice(0, 5).map(({ name }) => name)
  const found = names.length === 1 ? `the file ${names[0]}` : `the files ${names.join(', ')}`
  return [`beside it, ${found} seems to be another part of the same set: choose the folder to use all parts`]
}
