/** Exports that are one file: written beside its final path, read back, then renamed. No partial file is left. */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { storageError, syncFolder } from '@main/formats/atomic'
import { GpoError } from '@shared/errors'
import type { ExportContext, WrittenExport } from './context'
import { type DataRequest, lineOf, runRecords, unitOf } from './data'
import { partialOf } from './folder'
import { readBundle } from './read-bundle'
import { refuseStopped } from './read-run'
import { writeBundle } from './write-bundle'

/** Bytes gathered before they are written. */
const CHUNK = 1 << 20

/** @throws GpoError('usage') for a folder, or a file that must not be replaced */
export function refuseExisting(out: string, replaces: boolean): void {
  if (!existsSync(out)) return
  if (!statSync(out).isFile()) throw new GpoError('usage', `${out} is a folder: choose the name of a file`)
  if (!replaces) throw new GpoError('usage', `${out} exists already: choose another name, or move it away`)
}

/** @param work writes the given file, which does not exist yet, and verifies it; only then does it replace what is there */
export async function publishFile<T>(
  wanted: string,
  replaces: boolean,
  work: (partial: string) => Promise<T>,
): Promise<T> {
  const out = resolve(wanted)
  refuseExisting(out, replaces)
  const partial = partialOf(out)
  try {
    mkdirSync(dirname(out), { recursive: true })
    rmSync(partial, { force: true })
    const result = await work(partial)
    refuseExisting(out, replaces)
    renameSync(partial, out)
    syncFolder(dirname(out))
    return result
  } catch (error) {
    rmSync(partial, { force: true })
    throw storageError(error, `exporting to ${out}`)
  }
}

async function writeRecords(context: ExportContext, request: DataRequest, file: FileHandle, hash: Hash) {
  const { store, run, signal, onProgress, trajectories } = context
  let waiting: string[] = []
  let size = 0
  let [count, bytes] = [0, 0]
  const flush = async () => {
    const content = new TextEncoder().encode(waiting.join(''))
    hash.update(content)
    await file.writeFile(content)
    bytes += content.length
    waiting = []
    size = 0
  }
  const onRead = (done: number) => onProgress('reading trajectories', done, Math.max(done, trajectories))
  for await (const record of runRecords(store, run.id, request, signal, onRead)) {
    const line = lineOf(record)
    waiting.push(line)
    size += line.length
    count++
    if (size >= CHUNK) await flush()
  }
  await flush()
  return { count, bytes }
}

/** Counts lines that parse, and compares all bytes with those written. */
async function verifyLines(
  path: string,
  count: number,
  sha256: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const hash = createHash('sha256')
  let open = ''
  let lines = 0
  const decoder = new TextDecoder()
  for await (const chunk of createReadStream(path)) {
    refuseStopped(signal)
    hash.update(chunk as Buffer)
    const parts = (open + decoder.decode(chunk as Buffer, { stream: true })).split('\n')
    open = parts.pop() ?? ''
    for (const line of parts) JSON.parse(line)
    lines += parts.length
  }
  if (lines === count && open === '' && hash.digest('hex') === sha256) return
  throw new GpoError(
    'storage',
    `${path} was read back with other contents than written: check the disk and export again`,
  )
}

/** Writes the records to a new file and verifies it. @throws GpoError('data') if the run has no such records */
export async function writeData(context: ExportContext, request: DataRequest, path: string): Promise<WrittenExport> {
  const hash = createHash('sha256')
  const file = await open(path, 'wx')
  let written: { count: number; bytes: number }
  try {
    written = await writeRecords(context, request, file, hash)
    await file.sync()
  } finally {
    await file.close()
  }
  const { count, bytes } = written
  if (count === 0) throw new GpoError('data', `Run ${context.run.id} has no ${unitOf(request)} of this kind to export.`)
  context.onProgress('reading back', 0, count)
  await verifyLines(path, count, hash.digest('hex'), context.signal)
  const verified = `Read back: ${count.toLocaleString('en')} lines, all JSON, every byte the same.`
  return { bytes, count, unit: unitOf(request), maxDifference: 0, verified }
}

/** @throws GpoError('data') if the run has no such records */
export const exportData = (context: ExportContext, request: DataRequest): Promise<WrittenExport> =>
  publishFile(context.out, context.replaces, (partial) => writeData(context, request, partial))

/** Reads a complete bundle, like an import. */
async function verifyBundle(path: string, { signal, onProgress, trajectories }: ExportContext): Promise<number> {
  const reader = await readBundle(path)
  let read = 0
  try {
    for await (const part of reader.parts()) {
      refuseStopped(signal)
      if (part.kind === 'trajectories') read += part.trajectories.length
      onProgress('reading back', read, Math.max(read, trajectories))
    }
    return reader.manifest.files.length
  } finally {
    await reader.close()
  }
}

export function exportBundle(context: ExportContext): Promise<WrittenExport> {
  const { store, run, version, signal, onProgress, trajectories } = context
  return publishFile(context.out, context.replaces, async (partial) => {
    const { manifest, bytes } = await writeBundle({
      store,
      run: run.id,
      version,
      path: partial,
      trajectories,
      signal,
      onProgress,
    })
    const files = await verifyBundle(partial, context)
    const { points, trajectories: count } = manifest.counts
    const verified = `Read back like an import: ${files} files with the checksums of the manifest, ${points.toLocaleString('en')} points of metrics, ${count.toLocaleString('en')} trajectories.`
    return { bytes, count, unit: 'trajectories', maxDifference: 0, verified }
  })
}
