/**
 * The archive of a run bundle: regular files with plain names, one after the other, in tar; `tar` reads and writes their headers. Only
 * headers are read to find the files. Anything else in an archive (links, folders, extended headers, names that lead elsewhere) is refused
 * before its content is looked at: bundles have none of it.
 */
import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import type { GpoError } from '@shared/errors'
import { shown as shownValue } from '@shared/shown'
import { Header } from 'tar/header'
import { LIMITS } from './bundle-format'

/** Bytes of a header; contents are padded to as many. */
const BLOCK = 512
/** Bytes of a name in a header, without the zero that ends it. */
const LONGEST_NAME = 99

/** Says what is wrong with a bundle. */
export type Damaged = (what: string) => GpoError

export interface ArchivedFile {
  /** Bytes of its content. */
  readonly size: number
  /** Where its content begins. */
  readonly at: number
}

const paddingOf = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK

/** The 512 bytes before a file; the same for the same file, whenever it is written. */
function headerOf(name: string, size: number): Uint8Array {
  if (name.length > LONGEST_NAME || !/^[\w.-]+$/.test(name))
    throw new Error(`${name} is no name for a file of an archive`)
  const header = new Header({ path: name, size, mode: 0o644, mtime: new Date(0), type: 'File' })
  header.encode()
  return header.block!
}

export interface ArchiveWriter {
  /** @returns the content's SHA-256 */
  append(name: string, content: Uint8Array): Promise<string>
  /** Ends the archive and makes it durable. @returns its bytes */
  finish(): Promise<number>
  close(): Promise<void>
}

/** @param path of a file that does not exist yet */
export async function createArchive(path: string): Promise<ArchiveWriter> {
  const file = await open(path, 'wx')
  let bytes = 0
  const write = async (chunk: Uint8Array) => {
    await file.writeFile(chunk)
    bytes += chunk.length
  }
  return {
    async append(name, content) {
      await write(headerOf(name, content.length))
      await write(content)
      await write(new Uint8Array(paddingOf(content.length)))
      return createHash('sha256').update(content).digest('hex')
    },
    async finish() {
      await write(new Uint8Array(2 * BLOCK))
      await file.sync()
      return bytes
    },
    close: () => file.close(),
  }
}

const count = (n: number) => n.toLocaleString('en')

/** Bytes of a file, from `at` on. @throws GpoError('data') where it ends before */
export async function readAt(handle: FileHandle, at: number, length: number, damaged: Damaged): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, at + done)
    if (bytesRead === 0) throw damaged(`ends at byte ${count(at + done)}, inside a file`)
    done += bytesRead
  }
  return bytes
}

/** Null for what is no header: its sum does not fit, or a number in it is beyond all sizes. */
function decode(block: Buffer): Header | null {
  try {
    const header = new Header(block)
    return header.cksumValid || header.nullBlock ? header : null
  } catch {
    return null
  }
}

/** @returns null for an empty block, which ends an archive @throws GpoError('data') for anything but a regular file with a plain name */
function parseHeader(block: Buffer, damaged: Damaged): { readonly name: string; readonly size: number } | null {
  const header = decode(block)
  if (header === null) throw damaged('holds bytes where the header of a file should be')
  if (header.nullBlock) return null
  const { path: name = '', size, type } = header
  const shown = shownValue(name, 120)
  if (type !== 'File') throw damaged(`holds ${shown}, which is no regular file`)
  if (!/^[\w-][\w.-]*$/.test(name)) throw damaged(`names a file ${shown}, which is no name for a file of a bundle`)
  if (size === undefined) throw damaged(`gives ${shown} no valid size`)
  if (size > LIMITS.partBytes)
    throw damaged(`holds ${name} with ${count(size)} bytes; at most ${count(LIMITS.partBytes)} are read`)
  return { name, size }
}

/** Where each file of an archive is, by name. @param bytes of the archive @throws GpoError('data') */
export async function scanArchive(
  handle: FileHandle,
  bytes: number,
  damaged: Damaged,
): Promise<ReadonlyMap<string, ArchivedFile>> {
  const files = new Map<string, ArchivedFile>()
  for (let at = 0; ; ) {
    if (at + BLOCK > bytes) throw damaged(`ends at byte ${count(bytes)} without an end-of-archive mark`)
    const found = parseHeader(await readAt(handle, at, BLOCK, damaged), damaged)
    if (found === null) return files
    const { name, size } = found
    if (files.has(name)) throw damaged(`holds ${name} twice`)
    if (files.size >= LIMITS.files) throw damaged(`holds more than ${count(LIMITS.files)} files`)
    files.set(name, { size, at: at + BLOCK })
    at += BLOCK + size + paddingOf(size)
  }
}
