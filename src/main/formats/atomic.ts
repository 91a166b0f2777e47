/** Writing files so that a crash or a full disk leaves either the old file or the new one. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { GpoError } from '@shared/errors'

/** `write`: as fs.writeSync; replaced in tests to fail like a full disk. */
export interface FileSystem {
  readonly write: (file: number, bytes: Uint8Array) => number
}
export const realFileSystem: FileSystem = { write: (file, bytes) => writeSync(file, bytes) }

const CURES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: free some space',
  EDQUOT: 'the disk quota is used up: free some space',
  EFBIG: 'the file is larger than this system allows',
  EACCES: 'writing there is not permitted: choose another folder',
  EROFS: 'the disk is read-only: choose another folder',
}

/**
 * An error of the file system as one that says what happened and what to do.
 * @throws what is not an error of the file system: a bug
 */
export function storageError(error: unknown, doing: string): GpoError {
  if (error instanceof GpoError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : null
  if (code === null) throw error
  return new GpoError('storage', `${doing} failed (${code}): ${CURES[code] ?? 'check the disk and try again'}`, {
    cause: error,
  })
}

/** One write takes less than 2 GiB. */
const LARGEST_WRITE = 1 << 30

function writeAll(file: number, chunk: Uint8Array, system: FileSystem): void {
  for (let done = 0; done < chunk.length; ) done += system.write(file, chunk.subarray(done, done + LARGEST_WRITE))
}

export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return // folders cannot be synced there
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Writes chunks to a new file and makes them durable. The file is removed again if that fails. */
export function writeDurably(path: string, chunks: Iterable<Uint8Array>, system: FileSystem = realFileSystem): number {
  let handle: number | null = null
  let bytes = 0
  try {
    handle = openSync(path, 'w')
    for (const chunk of chunks) {
      writeAll(handle, chunk, system)
      bytes += chunk.length
    }
    fsyncSync(handle)
    return bytes
  } catch (error) {
    if (handle !== null) rmSync(path, { force: true })
    throw storageError(error, `writing ${path} (after ${bytes.toLocaleString('en')} bytes)`)
  } finally {
    if (handle !== null) closeSync(handle)
  }
}

/** As `writeDurably`, into a temporary file that replaces `path` only when it is whole. */
export function writeAtomically(
  path: string,
  chunks: Iterable<Uint8Array>,
  system: FileSystem = realFileSystem,
): number {
  const temporary = `${path}.partial-${process.pid}`
  const bytes = writeDurably(temporary, chunks, system)
  try {
    renameSync(temporary, path)
    syncFolder(dirname(path))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw storageError(error, `writing ${path}`)
  }
  return bytes
}
