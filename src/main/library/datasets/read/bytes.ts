/** A file's bytes as UTF-8, decompressed (gzip, Zstandard) and recoded in a stream. Reports what it found. Knows no format of data. */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Readable, Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { refuseStrangeFile } from '@main/formats/regular-file'
import { GpoError } from '@shared/errors'
import { toUtf8 } from './encoding'
import type { ReadListener } from './record'
import { createUnzstd } from './unzstd'

export type Packing = 'gzip' | 'zstd'

/** A compressed file may grow to this many times its size; text shrinks to a tenth, seldom to a fiftieth. */
const MAX_RATIO = 300
/** Below this many bytes, no ratio is suspicious. */
const HARMLESS_BYTES = 200_000_000

/** @throws {GpoError} 'data' for a named pipe or a device */
export async function readStart(path: string, length: number): Promise<Buffer> {
  refuseStrangeFile(path, 'data')
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** How a file is compressed, detected from its first bytes, never from its name. */
export function packingOf(start: Uint8Array): Packing | null {
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip'
  const isZstd = start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd
  return isZstd ? 'zstd' : null
}

/** Chunks of UTF-8, without a byte order mark. @throws {GpoError} 'data' for a compressed file that is damaged or unpacks without end */
export async function* readBytes(path: string, { onNote }: ReadListener = {}): AsyncGenerator<Uint8Array> {
  yield* toUtf8(path, unpacked(path), onNote)
}

async function* unpacked(path: string): AsyncGenerator<Uint8Array> {
  const packing = packingOf(await readStart(path, 4))
  const { size } = await stat(path)
  const stored = createReadStream(path, { highWaterMark: 1 << 20 })
  if (packing === null) yield* stored as AsyncIterable<Uint8Array>
  else yield* bounded(path, unpacker(packing), size, stored)
}

function unpacker(packing: Packing): Transform {
  if (packing === 'gzip') return zlib.createGunzip({ chunkSize: 1 << 18 })
  // Node has Zstandard from 22.15 on.
  return typeof zlib.createZstdDecompress === 'function'
    ? zlib.createZstdDecompress({ chunkSize: 1 << 18 })
    : createUnzstd()
}

async function* bounded(
  path: string,
  stream: Transform,
  packedBytes: number,
  stored: Readable,
): AsyncGenerator<Uint8Array> {
  stored.on('error', (error: Error) => stream.destroy(error))
  // An error without a listener ends the program: before the first byte flows, and after the reader has stopped.
  stream.on('error', () => {})
  stored.pipe(stream)
  let total = 0
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      total += chunk.length
      if (total > HARMLESS_BYTES && total > packedBytes * MAX_RATIO) {
        const found = `its ${packedBytes} bytes unpack to more than ${MAX_RATIO} times as many`
        throw new GpoError('data', `${path}: ${found}, more than any text does: unpack it yourself if you trust it`)
      }
      yield chunk
    }
  } catch (error) {
    throw error instanceof GpoError || !isZlibError(error) ? error : damaged(path, error)
  } finally {
    stored.destroy()
    stream.destroy()
  }
}

function isZlibError(error: unknown): error is Error {
  if (!(error instanceof Error) || !('code' in error)) return false
  return /^(Z_|ZSTD_|ERR_ZSTD|ERR_ZLIB|\d$)/.test(String(error.code))
}

const damaged = (path: string, error: Error) =>
  new GpoError('data', `${path} cannot be unpacked (${error.message.slice(0, 100)}): download or compress it again`)
