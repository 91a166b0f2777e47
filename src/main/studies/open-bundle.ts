/**
 * Opens a study bundle: checks archive, manifest and checksums, and unpacks document and data into a folder beside the database. Names in it are
 * plain names of files, so none leads elsewhere.
 */
import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync } from 'node:fs'
import { type FileHandle, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { type ArchivedFile, type Damaged, readAt, scanArchive } from '@main/export/bundle-archive'
import { sha256Of } from '@main/export/checksums'
import { decodeText, openFile, parseAs, parseJson, refuseStrange } from '@main/export/open-bundle'
import { GpoError } from '@shared/errors'
import {
  CHECKSUM,
  DOCUMENT,
  MANIFEST,
  MANIFEST_BYTES,
  MANIFEST_LIMITS,
  type StudyManifest,
  studyManifestSchema,
} from './bundle-format'
import { fileStem } from './export'

export interface UnpackedStudy {
  readonly folder: string
  /** Of the document, in that folder. */
  readonly file: string
  readonly manifest: StudyManifest
}

const damagedStudy =
  (path: string): Damaged =>
  (what) =>
    new GpoError('data', `${basename(path)} ${what}: it is damaged or not a study bundle; get a new copy (${path})`)

/** Where the first header of a tar says what it is. */
const TAR_MARK = { at: 257, text: 'ustar' }

/** True for an archive; a document is text. */
export function isBundleFile(path: string): boolean {
  refuseStrange(path)
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(TAR_MARK.text.length)
    readSync(file, bytes, 0, bytes.length, TAR_MARK.at)
    return bytes.toString('latin1') === TAR_MARK.text
  } finally {
    closeSync(file)
  }
}

type Found = ReadonlyMap<string, ArchivedFile>

async function readManifest(handle: FileHandle, found: Found, damaged: Damaged) {
  const [manifest, checksum] = [found.get(MANIFEST), found.get(CHECKSUM)]
  if (!manifest || !checksum) throw damaged(`has no ${manifest ? CHECKSUM : MANIFEST}`)
  if (manifest.size > MANIFEST_BYTES || checksum.size > 200) throw damaged('has too large a manifest')
  const bytes = await readAt(handle, manifest.at, manifest.size, damaged)
  const sum = decodeText(await readAt(handle, checksum.at, checksum.size, damaged), CHECKSUM, damaged)
  const sha256 = sha256Of(bytes)
  if (sum !== `${sha256}  ${MANIFEST}\n`) throw damaged(`has a ${MANIFEST} that does not match its ${CHECKSUM}`)
  const value = parseJson(decodeText(bytes, MANIFEST, damaged), MANIFEST, damaged, MANIFEST_LIMITS)
  return { manifest: parseAs(studyManifestSchema, value, MANIFEST, damaged), sha256 }
}

function checkNames({ files, inputs }: StudyManifest, found: Found, damaged: Damaged): void {
  const names = new Set(files.map(({ name }) => name))
  if (names.size !== files.length) throw damaged(`has a ${MANIFEST} that names a file twice`)
  if (!names.has(DOCUMENT)) throw damaged(`has no ${DOCUMENT}`)
  const stranger = [...found.keys()].find((name) => !names.has(name) && name !== MANIFEST && name !== CHECKSUM)
  if (stranger !== undefined) throw damaged(`holds ${stranger}, which its ${MANIFEST} does not name`)
  const lost = inputs.find(({ path, isContained }) => isContained && !names.has(path))
  if (lost) throw damaged(`lacks ${lost.path}, which its ${MANIFEST} names`)
}

/** Bytes that are read, hashed and written at once: main does this, and answers its window in between. */
const PIECE = 2 ** 20

/** A file's content, piece by piece. @throws {GpoError} 'data' at its end, for one with another checksum */
async function* contentOf(handle: FileHandle, found: Found, file: StudyManifest['files'][number], damaged: Damaged) {
  const place = found.get(file.name)
  if (!place) throw damaged(`lacks ${file.name}, which its ${MANIFEST} names`)
  if (place.size !== file.bytes) throw damaged(`holds ${file.name} with another size than its ${MANIFEST} says`)
  const hash = createHash('sha256')
  for (let done = 0; done < place.size; done += PIECE) {
    const piece = await readAt(handle, place.at + done, Math.min(PIECE, place.size - done), damaged)
    hash.update(piece)
    yield piece
  }
  if (hash.digest('hex') !== file.sha256)
    throw damaged(`holds ${file.name} with another SHA-256 than its ${MANIFEST} says`)
}

/** Fills the folder completely, or not at all. One that is there has the same content: its name has the manifest's checksum. */
async function fill(folder: string, files: readonly { readonly name: string; read(): AsyncIterable<Uint8Array> }[]) {
  if (existsSync(folder)) return
  const partial = `${folder}.partial-${process.pid}`
  try {
    mkdirSync(partial, { recursive: true })
    for (const { name, read } of files) await writeFile(join(partial, name), read())
    renameSync(partial, folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/** @param database the study is unpacked beside it @throws {GpoError} 'data' saying what is wrong with the bundle */
export async function unpackStudy(path: string, database: string): Promise<UnpackedStudy> {
  const damaged = damagedStudy(path)
  const handle = await openFile(path)
  try {
    const { size } = await handle.stat()
    const found = await scanArchive(handle, size, damaged)
    const { manifest, sha256 } = await readManifest(handle, found, damaged)
    checkNames(manifest, found, damaged)
    const folder = join(dirname(resolve(database)), 'studies', `${fileStem(manifest.name)}-${sha256.slice(0, 8)}`)
    await fill(
      folder,
      manifest.files.map((file) => ({ name: file.name, read: () => contentOf(handle, found, file, damaged) })),
    )
    return { folder, file: join(folder, DOCUMENT), manifest }
  } finally {
    await handle.close()
  }
}
