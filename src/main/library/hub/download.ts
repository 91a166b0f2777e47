/** Downloads a repository's files: resumed where they stopped, checked against the hub's checksums, and visible only when complete. */
import { createHash, type Hash } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { storageError } from '@main/formats/atomic'
import { isGgufPath } from '@main/formats/gguf/model'
import { describeError, GpoError } from '@shared/errors'
import { cacheFolder, linkBlob, noteNewest, placesOf } from './cache'
import { fileUrl, type HubFile, type HubOptions, type Repository, request } from './client'
import { isForGguf, wantedGguf } from './gguf-files'

export interface DownloadProgress {
  readonly file: string
  /** Bytes downloaded so far, and bytes of all wanted files. */
  readonly done: number
  readonly total: number
}

export interface DownloadOptions extends HubOptions {
  readonly cache?: string
  readonly onProgress?: (progress: DownloadProgress) => void
  /** A repository's GGUF file. */
  readonly file?: string | undefined
}

/** How often a file is resumed after its connection broke. */
const ATTEMPTS = 5

/** The files to download: for a model, weights as safetensors, configuration and tokenizer, or one GGUF file; for a dataset, its data files. */
export function wantedFiles(repository: Repository, chosen?: string): readonly HubFile[] {
  const { kind, files, id } = repository
  if (kind === 'model' && isForGguf(files, chosen)) return wantedGguf(repository, chosen)
  const isWanted =
    kind === 'model'
      ? ({ name }: HubFile) =>
          !name.includes('/') && /(\.safetensors|\.json|\.jinja|\.model|merges\.txt|README\.md|LICENSE.*)$/.test(name)
      : ({ name }: HubFile) => /\.(jsonl?|ndjson|csv|tsv|parquet)$|README\.md$/.test(name)
  const wanted = files.filter(isWanted)
  const hasWeights = kind === 'dataset' || wanted.some(({ name }) => name.endsWith('.safetensors'))
  if (wanted.length === 0 || !hasWeights)
    throw new GpoError(
      'data',
      `${id} has no ${kind === 'model' ? 'weights in safetensors' : 'JSON, CSV or Parquet files'}: it cannot be used here`,
    )
  return wanted
}

function startHash(file: HubFile, bytes: number): Hash {
  if (file.checksum.kind === 'sha256') return createHash('sha256')
  return createHash('sha1').update(`blob ${bytes}\0`)
}

async function hashOf(path: string, file: HubFile): Promise<string> {
  const hash = startHash(file, statSync(path).size)
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}

/** Appends the missing bytes of a file. @returns bytes on disk; fewer than wanted if the connection broke */
async function appendRest(
  partial: string,
  file: HubFile,
  repository: Repository,
  options: DownloadOptions,
  onBytes: (here: number) => void,
): Promise<number> {
  let here = existsSync(partial) ? statSync(partial).size : 0
  if (here >= file.bytes) return here
  const range: Record<string, string> = here > 0 ? { range: `bytes=${here}-` } : {}
  const response = await request(fileUrl(options, repository, file.name), file.name, options, range)
  const isContinued = response.status === 206
  if (!isContinued) here = 0 // the hub sends it from the beginning
  const handle = openSync(partial, isContinued ? 'a' : 'w')
  try {
    for await (const chunk of response.body ?? []) {
      writeSync(handle, chunk)
      here += chunk.length
      if (here > file.bytes) break // longer than expected: the checksum will fail
      onBytes(here)
    }
  } catch (error) {
    if (options.signal?.aborted)
      throw new GpoError(
        'interrupted',
        `${file.name}: stopped; the downloaded part is kept and the next download continues from it`,
      )
    if (
      error instanceof Error &&
      'code' in error &&
      String(error.code).startsWith('E') &&
      'syscall' in error &&
      error.syscall === 'write'
    )
      throw storageError(error, `writing ${partial}`)
    // the connection broke: the caller tries again from here
  } finally {
    closeSync(handle)
  }
  return here
}

async function fetchBlob(
  blob: string,
  file: HubFile,
  repository: Repository,
  options: DownloadOptions,
  onBytes: (here: number) => void,
): Promise<void> {
  const partial = `${blob}.incomplete`
  mkdirSync(dirname(blob), { recursive: true })
  let here = 0
  let last: unknown = null
  for (let attempt = 0; attempt < ATTEMPTS && here < file.bytes; attempt++) {
    try {
      here = await appendRest(partial, file, repository, options, onBytes)
    } catch (error) {
      if (!(error instanceof GpoError) || error.code !== 'storage' || !(error.cause instanceof Error)) throw error
      last = error
    }
    if (file.bytes === 0) break
  }
  if (here < file.bytes)
    throw new GpoError(
      'storage',
      `${file.name}: the connection broke ${ATTEMPTS} times after ${here} of ${file.bytes} bytes; they are kept; download again to continue. ${last ? describeError(last) : ''}`.trim(),
    )
  const found = await hashOf(partial, file)
  if (found !== file.checksum.value) {
    rmSync(partial, { force: true })
    throw new GpoError(
      'storage',
      `${file.name} has the checksum ${found.slice(0, 12)}… instead of ${file.checksum.value.slice(0, 12)}…: it was deleted; download it again`,
    )
  }
  renameSync(partial, blob)
}

/**
 * @returns the folder with the files, or the GGUF file
 * @throws {GpoError} 'storage' for a broken connection, a full disk or a wrong checksum; 'usage' without access; 'interrupted'
 */
export async function downloadRepository(repository: Repository, options: DownloadOptions): Promise<string> {
  const cache = options.cache ?? cacheFolder()
  const places = placesOf(repository, cache)
  const files = wantedFiles(repository, options.file)
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let before = 0
  for (const file of files) {
    const blob = places.blob(file)
    const report = (here: number) => options.onProgress?.({ file: file.name, done: before + here, total })
    if (!existsSync(blob)) await fetchBlob(blob, file, repository, options, report)
    linkBlob(blob, places.link(file))
    report(file.bytes)
    before += file.bytes
  }
  noteNewest(repository, cache)
  const gguf = repository.kind === 'model' && files.find(({ name }) => isGgufPath(name))
  return gguf ? places.link(gguf) : places.snapshot
}
