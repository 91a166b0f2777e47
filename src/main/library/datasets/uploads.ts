/** Files uploaded by a browser, which knows no paths: they are written in parts to the folder `imports` beside the database. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { isOwnFolder } from '@main/paths/run-folder'
import type { Store } from '@main/store/query'
import { MAX_UPLOAD } from '@shared/contract/datasets'
import { GpoError } from '@shared/errors'
import { removedPaths } from '../entries'
import { isKnownPath } from '../known-paths'

interface Upload {
  readonly name: string
  readonly bytes: number
  readonly partial: string
  written: number
}

const TEXTS = ['.jsonl', '.ndjson', '.json', '.csv', '.tsv']
const EXTENSIONS = [...TEXTS, '.parquet', ...TEXTS.flatMap((text) => [`${text}.gz`, `${text}.zst`])]

/** A file's extension, including that of its compression, in lower case: `.jsonl.gz`. */
const endingOf = (name: string): string =>
  EXTENSIONS.toReversed().find((ending) => name.toLowerCase().endsWith(ending)) ?? extname(name).toLowerCase()

/** A file not touched for this long counts as left over; milliseconds. */
const STALE = 60 * 60 * 1000
const uploads = new Map<string, Upload>()

const importsFolder = ({ file }: Store): string => join(dirname(file), 'imports')

/** A safe file name: without path separators, control characters or characters special to a shell. */
export function safeName(name: string): string {
  const extension = endingOf(name)
  const stem = name.slice(0, name.length - extension.length).replaceAll(/[^\p{L}\p{N}._ -]+/gu, '_')
  return `${
    stem
      .replace(/^[. ]+/, '')
      .slice(0, 100)
      .trim() || 'data'
  }${extension}`
}

function storageError(error: unknown, folder: string): GpoError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error)
  return new GpoError(
    'storage',
    `${folder} could not be written (${code}): free space, or type the file's path instead.`,
  )
}

/** Deletes copies that nothing refers to: removed from the list, used by no run, or never finished. */
async function clean(store: Store, now: number): Promise<void> {
  const folder = importsFolder(store)
  if (!isOwnFolder(store.file, folder)) return // there is none, or a link leads to files that are not ours
  const kept = new Set([...removedPaths(store), ...[...uploads.values()].map(({ partial }) => partial)])
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const info = await lstat(path)
    const isOld = info.isFile() && now - info.mtimeMs > STALE
    if (isOld && !kept.has(path) && !isKnownPath(store, 'dataset', path)) await rm(path)
  }
}

/** @throws {GpoError} 'data' for a file that is too large or of a kind that is not read */
export async function beginUpload(store: Store, name: string, bytes: number, now = Date.now()): Promise<string> {
  const extension = endingOf(name)
  if (!EXTENSIONS.includes(extension)) {
    const found = extension === '' ? 'no extension' : `the extension ${extension.slice(0, 20)}`
    throw new GpoError(
      'data',
      `${name} has ${found}: ${[...TEXTS, '.parquet'].join(', ')} are read, text also as .gz and .zst.`,
    )
  }
  if (bytes === 0) throw new GpoError('data', `${name} is empty (0 bytes): download or export it again.`)
  if (bytes > MAX_UPLOAD) {
    const size = `${(bytes / 1e9).toFixed(1)} GB`
    const cure = `a browser can upload at most ${MAX_UPLOAD / 1e9} GB: type the path of the file instead`
    throw new GpoError('data', `${name} has ${size}, ${cure}.`)
  }
  const folder = importsFolder(store)
  try {
    await mkdir(folder, { recursive: true })
    await clean(store, now)
    const id = `upload-${randomBytes(18).toString('base64url')}`
    const partial = join(folder, `${id}.part`)
    await (await open(partial, 'wx')).close()
    uploads.set(id, { name: safeName(name), bytes, partial, written: 0 })
    return id
  } catch (error) {
    throw error instanceof GpoError ? error : storageError(error, folder)
  }
}

function find(id: string): Upload {
  const upload = uploads.get(id)
  if (!upload) throw new GpoError('usage', 'This upload is no longer in progress: drop the file again.')
  return upload
}

/** @throws {GpoError} 'usage' for a part that is not the next one, 'storage' if it cannot be written */
export async function uploadPart(id: string, offset: number, data: string): Promise<void> {
  const upload = find(id)
  const bytes = Buffer.from(data, 'base64')
  if (offset !== upload.written || offset + bytes.length > upload.bytes) {
    const found = `${offset} to ${offset + bytes.length}`
    const wanted = `${upload.written} of ${upload.bytes}`
    throw new GpoError(
      'usage',
      `${upload.name}: bytes ${found} arrived, expected those from ${wanted}: drop the file again.`,
    )
  }
  upload.written += bytes.length
  try {
    const file = await open(upload.partial, 'r+')
    try {
      await file.write(bytes, 0, bytes.length, offset)
    } finally {
      await file.close()
    }
  } catch (error) {
    await cancelUpload(id)
    throw storageError(error, dirname(upload.partial))
  }
}

/** An unused name in the folder. */
function freeName(folder: string, name: string): string {
  const extension = endingOf(name)
  const stem = name.slice(0, name.length - extension.length)
  for (let i = 1; ; i++) {
    const path = join(folder, i === 1 ? name : `${stem}-${i}${extension}`)
    if (!existsSync(path)) return path
  }
}

/** @returns the path of the file @throws {GpoError} 'usage' if parts are missing */
export async function finishUpload(id: string): Promise<string> {
  const { name, bytes, written, partial } = find(id)
  if (written !== bytes)
    throw new GpoError('usage', `${name}: ${written} of ${bytes} bytes arrived: drop the file again.`)
  const path = freeName(dirname(partial), name)
  await rename(partial, path)
  uploads.delete(id)
  return path
}

/** Cancels an upload and deletes its file; does nothing if it has ended. */
export async function cancelUpload(id: string): Promise<void> {
  const upload = uploads.get(id)
  uploads.delete(id)
  if (upload) await rm(upload.partial, { force: true })
}
