/**
 * Reads little-endian values of an open file one after the other, through a small window. Nothing is allocated before the file is known to hold it.
 */
import { isUtf8 } from 'node:buffer'
import { readSync } from 'node:fs'
import type { GpoError } from '@shared/errors'
import { count, damaged } from '../safetensors-header'

const WINDOW = 1 << 18
/** Bytes of one text; the longest that real files have are chat templates of some 20,000. */
const MAX_TEXT = 1 << 24
/** Bytes of all that comes before the tensors; the largest vocabularies take a twentieth of it. */
const MAX_HEADER = 1 << 28

export interface OpenFile {
  readonly path: string
  readonly handle: number
  readonly size: number
}

export class ByteReader {
  private window = Buffer.alloc(0)
  /** Where in the file the window begins. */
  private start = 0
  /** Bytes of the file that were read. */
  used = 0
  /** Arrays in arrays that were read. */
  nested = 0
  /** Values of all arrays so far. */
  values = 0

  constructor(private readonly file: OpenFile) {}

  fail(what: string): GpoError {
    return damaged(this.file.path, what)
  }

  /** Bytes of the file that may still be read as a header. */
  private get left(): number {
    return Math.min(this.file.size, MAX_HEADER) - this.used
  }

  private refuse(what: string): GpoError {
    if (this.file.size <= MAX_HEADER)
      return this.fail(`is ${count(this.file.size)} bytes long, which ends inside ${what}`)
    return this.fail(`has a header of more than ${count(MAX_HEADER)} bytes, which ends inside ${what}`)
  }

  private fill(length: number): void {
    const wanted = Math.min(Math.max(length, WINDOW), this.file.size - this.used)
    const next = Buffer.alloc(wanted)
    let done = 0
    while (done < wanted) {
      const got = readSync(this.file.handle, next, done, wanted - done, this.used + done)
      if (got === 0) throw this.fail(`ends at byte ${count(this.used + done)} while it is read`)
      done += got
    }
    this.window = next
    this.start = this.used
  }

  /** The next bytes, inside the window. */
  private take(length: number, what: string): { readonly bytes: Buffer; readonly at: number } {
    if (length > this.left) throw this.refuse(what)
    if (this.used + length > this.start + this.window.length) this.fill(length)
    const at = this.used - this.start
    this.used += length
    return { bytes: this.window, at }
  }

  private read(length: number, what: string, get: (bytes: Buffer, at: number) => number): number {
    const { bytes, at } = this.take(length, what)
    return get(bytes, at)
  }

  uint8 = (what: string): number => this.read(1, what, (bytes, at) => bytes.readUInt8(at))
  int8 = (what: string): number => this.read(1, what, (bytes, at) => bytes.readInt8(at))
  uint16 = (what: string): number => this.read(2, what, (bytes, at) => bytes.readUInt16LE(at))
  int16 = (what: string): number => this.read(2, what, (bytes, at) => bytes.readInt16LE(at))
  uint32 = (what: string): number => this.read(4, what, (bytes, at) => bytes.readUInt32LE(at))
  int32 = (what: string): number => this.read(4, what, (bytes, at) => bytes.readInt32LE(at))
  float32 = (what: string): number => this.read(4, what, (bytes, at) => bytes.readFloatLE(at))
  float64 = (what: string): number => this.read(8, what, (bytes, at) => bytes.readDoubleLE(at))
  uint64 = (what: string): number => this.safe(what, (bytes, at) => bytes.readBigUInt64LE(at))
  int64 = (what: string): number => this.safe(what, (bytes, at) => bytes.readBigInt64LE(at))

  private safe(what: string, get: (bytes: Buffer, at: number) => bigint): number {
    const { bytes, at } = this.take(8, what)
    const value = Number(get(bytes, at))
    if (Number.isSafeInteger(value)) return value
    throw this.fail(`has ${get(bytes, at)} as ${what}, which is beyond what can be counted exactly`)
  }

  /** @param longest bytes */
  text(what: string, longest = MAX_TEXT): string {
    const length = this.uint64(`the length of ${what}`)
    if (length > longest) throw this.fail(`has ${what} of ${count(length)} bytes; at most ${count(longest)} are read`)
    const { bytes, at } = this.take(length, what)
    const part = bytes.subarray(at, at + length)
    if (!isUtf8(part)) throw this.fail(`has ${what} that is not UTF-8`)
    return part.toString('utf8')
  }

  /** How many things of at least `size` bytes each follow. */
  count(what: string, size: number, most: number): number {
    const number = this.uint64(`the number of ${what}`)
    if (number > most) throw this.fail(`says it has ${count(number)} ${what}; at most ${count(most)} are read`)
    if (number * size > this.left) throw this.fail(`says it has ${count(number)} ${what}, for which it has no room`)
    return number
  }
}
