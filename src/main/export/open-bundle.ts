/**
 * Opens a run bundle and checks its frame: the archive, the manifest and its checksum, and that the files are those in the manifest and within
 * the size limits. The content is checked when it is read. Everything in it is untrusted; none of it becomes a path.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { refuseStrangeFile } from '@main/formats/regular-file'
import { describeError, GpoError } from '@shared/errors'
import { beyondLimits, type JsonLimits } from '@shared/json-limits'
import { shown } from '@shared/shown'
import type { z } from 'zod'
import { type ArchivedFile, type Damaged, readAt, scanArchive } from './bundle-archive'
import {
  type BundleFile,
  CHECKSUM,
  isPacked,
  kindOfFile,
  LIMITS,
  MANIFEST,
  type Manifest,
  manifestSchema,
} from './bundle-format'
import { sha256Of } from './checksums'

const unpack = promisify(gunzip)

export interface OpenBundle {
  readonly manifest: Manifest
  /** The text of a file, after checking its checksum. @throws GpoError('data') */
  read(file: BundleFile): Promise<string>
  close(): Promise<void>
}

const count = (n: number) => n.toLocaleString('en')

export const damagedBundle =
  (path: string): Damaged =>
  (what) =>
    new GpoError('data', `${basename(path)} ${what}: it is damaged or not a run bundle; get a new copy (${path})`)

/** @throws GpoError('data') for what is not UTF-8 */
export function decodeText(bytes: Uint8Array, name: string, damaged: Damaged): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw damaged(`holds ${name}, which is not UTF-8 text`)
  }
}

/** @param text one record, or a whole file that is one @throws GpoError('data') for what is no JSON, or far larger than any of ours */
export function parseJson(text: string, name: string, damaged: Damaged, limits: JsonLimits = LIMITS.record): unknown {
  const beyond = beyondLimits(text, limits)
  if (beyond !== null) throw damaged(`holds ${name}, which has ${beyond}`)
  try {
    return JSON.parse(text)
  } catch {
    throw damaged(`holds ${name}, which is not JSON`)
  }
}

/** A value parsed by a schema. @throws GpoError('data') naming the first invalid place */
export function parseAs<T>(schema: z.ZodType<T>, value: unknown, name: string, damaged: Damaged): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw damaged(`holds ${name}, where ${issue?.path.join('.') || 'the whole file'} is not valid (${issue?.message})`)
}

async function readManifest(
  handle: FileHandle,
  files: ReadonlyMap<string, ArchivedFile>,
  damaged: Damaged,
): Promise<Manifest> {
  const [manifest, checksum] = [files.get(MANIFEST), files.get(CHECKSUM)]
  if (!manifest || !checksum) throw damaged(`has no ${manifest ? CHECKSUM : MANIFEST}`)
  if (manifest.size > LIMITS.manifestBytes || checksum.size > 200)
    throw damaged(`has a manifest of ${count(manifest.size)} bytes; at most ${count(LIMITS.manifestBytes)} are read`)
  const bytes = await readAt(handle, manifest.at, manifest.size, damaged)
  const sum = decodeText(await readAt(handle, checksum.at, checksum.size, damaged), CHECKSUM, damaged)
  if (sum !== `${sha256Of(bytes)}  ${MANIFEST}\n`)
    throw damaged(`has a ${MANIFEST} that does not match its ${CHECKSUM}`)
  const value = parseJson(decodeText(bytes, MANIFEST, damaged), MANIFEST, damaged)
  const version = (value as { version?: unknown } | null)?.version
  if (typeof version === 'number' && version !== 1)
    throw new GpoError(
      'data',
      `The bundle has version ${version}, this program reads version 1: use a newer GPO Studio.`,
    )
  return parseAs(manifestSchema, value, MANIFEST, damaged)
}

/** Checks that the files are exactly those in the manifest, with their sizes. */
function checkFiles(
  { files: named, counts }: Manifest,
  found: ReadonlyMap<string, ArchivedFile>,
  damaged: Damaged,
): void {
  const names = new Set(named.map(({ name }) => name))
  if (names.size !== named.length) throw damaged(`has a ${MANIFEST} that names a file twice`)
  for (const { name, bytes, unpacked } of named) {
    if (kindOfFile(name) === null) throw damaged(`names ${shown(name)}, which is not a file of a bundle`)
    const size = found.get(name)?.size
    if (size === undefined) throw damaged(`lacks ${name}, which its ${MANIFEST} names`)
    if (size !== bytes) throw damaged(`holds ${name} with ${count(size)} bytes, its ${MANIFEST} says ${count(bytes)}`)
    if (!isPacked(name) && unpacked !== bytes) throw damaged(`gives ${name} two sizes`)
  }
  const stranger = [...found.keys()].find((name) => !names.has(name) && name !== MANIFEST && name !== CHECKSUM)
  if (stranger !== undefined) throw damaged(`holds ${stranger}, which its ${MANIFEST} does not name`)
  for (const name of ['plan.json', 'environment.json', 'evaluations.jsonl'])
    if (!names.has(name)) throw damaged(`has no ${name}`)
  const total = named.reduce((sum, { unpacked }) => sum + unpacked, 0)
  if (total > LIMITS.totalBytes)
    throw damaged(`would unpack to ${count(total)} bytes; at most ${count(LIMITS.totalBytes)} are unpacked`)
  const trajectories = named.reduce(
    (sum, { name, records }) => sum + (kindOfFile(name) === 'trajectories' ? records : 0),
    0,
  )
  if (trajectories !== counts.trajectories)
    throw damaged(`counts ${count(counts.trajectories)} trajectories, its files ${count(trajectories)}`)
}

/** Never unpacks more bytes than the manifest states. */
async function unpacked(content: Uint8Array, { name, unpacked }: BundleFile, damaged: Damaged): Promise<Uint8Array> {
  let bytes: Uint8Array
  try {
    bytes = await unpack(content, { maxOutputLength: Math.max(1, unpacked) })
  } catch (error) {
    const isLarger = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw damaged(
      isLarger
        ? `holds ${name}, which unpacks to more than the ${count(unpacked)} bytes its ${MANIFEST} says`
        : `holds ${name}, which cannot be unpacked`,
    )
  }
  if (bytes.length !== unpacked)
    throw damaged(`holds ${name}, which unpacks to ${count(bytes.length)} bytes instead of ${count(unpacked)}`)
  return bytes
}

/** @throws GpoError('data') for a named pipe or a device */
export const refuseStrange = (path: string): void => refuseStrangeFile(path, 'data')

/** @throws GpoError('data'), also for a named pipe or a device */
export async function openFile(path: string): Promise<FileHandle> {
  refuseStrange(path)
  try {
    return await open(path, 'r')
  } catch (error) {
    throw new GpoError(
      'data',
      `${path} cannot be opened (${(error as NodeJS.ErrnoException).code ?? describeError(error)}).`,
    )
  }
}

/** @throws GpoError('data') saying what is wrong with it */
export async function openBundle(path: string): Promise<OpenBundle> {
  const damaged = damagedBundle(path)
  const handle = await openFile(path)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new GpoError('data', `${path} is not a file: choose a run bundle (.gpo).`)
    const found = await scanArchive(handle, stat.size, damaged)
    const manifest = await readManifest(handle, found, damaged)
    checkFiles(manifest, found, damaged)
    return {
      manifest,
      async read(file) {
        const { at, size } = found.get(file.name)! // checked by checkFiles
        const content = await readAt(handle, at, size, damaged)
        const sum = sha256Of(content)
        if (sum !== file.sha256)
          throw damaged(`holds ${file.name} with SHA-256 ${sum}, its ${MANIFEST} says ${file.sha256}`)
        return decodeText(isPacked(file.name) ? await unpacked(content, file, damaged) : content, file.name, damaged)
      },
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}
