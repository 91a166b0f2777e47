/**
 * The plainest tar there is: regular files with short names, one after the other. Anything else in a file that is read (links, folders,
 * extended headers, names that lead elsewhere) is refused: files of this program have none of it. Knows no file system.
 */
import type { GpoError } from '@shared/errors'

export const BLOCK = 512
const MAX_NAME = 99
/** Where the fields of a header are. */
const AT = { name: 0, mode: 100, size: 124, time: 136, sum: 148, type: 156, magic: 257, prefix: 345 } as const
const REGULAR = 0x30

export interface TarEntry {
  readonly name: string
  readonly size: number
}

export const paddedSize = (size: number): number => Math.ceil(size / BLOCK) * BLOCK

/** The sum of all bytes, those of the sum itself counted as spaces. */
function headerSum(header: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= AT.sum && i < AT.sum + 8 ? 0x20 : header[i]!
  return sum
}

const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`

/** The 512 bytes before a file. */
export function tarHeader({ name, size }: TarEntry): Uint8Array {
  if (name.length > MAX_NAME || !/^[\w.-]+$/.test(name)) throw new Error(`${name} is no name for a file of an archive`)
  const header = new Uint8Array(BLOCK)
  const put = (text: string, at: number) => header.set(new TextEncoder().encode(text), at)
  put(name, AT.name)
  put(octal(0o644, 7), AT.mode)
  put(octal(size, 11), AT.size)
  put(octal(0, 11), AT.time)
  put('0', AT.type)
  put('ustar\x0000', AT.magic)
  put(`${octal(headerSum(header), 6)} `, AT.sum)
  return header
}

/** The two empty blocks that end an archive. */
export const tarEnd = (): Uint8Array => new Uint8Array(2 * BLOCK)

const isEmpty = (block: Uint8Array) => block.every((byte) => byte === 0)

function textAt(header: Uint8Array, at: number, length: number): string {
  const bytes = header.subarray(at, at + length)
  const end = bytes.indexOf(0)
  return new TextDecoder('latin1').decode(end < 0 ? bytes : bytes.subarray(0, end))
}

function octalAt(header: Uint8Array, at: number, length: number): number {
  const text = textAt(header, at, length).trim()
  return /^[0-7]{1,12}$/.test(text) ? Number.parseInt(text, 8) : Number.NaN
}

/**
 * @returns null for an empty block, which ends an archive
 * @throws GpoError('data') for anything but a regular file with a plain name
 */
export function parseTarHeader(header: Uint8Array, damaged: (what: string) => GpoError): TarEntry | null {
  if (isEmpty(header)) return null
  if (textAt(header, AT.magic, 5) !== 'ustar' || octalAt(header, AT.sum, 8) !== headerSum(header))
    throw damaged('holds bytes where the header of a file should be')
  const name = textAt(header, AT.name, 100)
  const shown = JSON.stringify(name.slice(0, 120))
  if (header[AT.type] !== REGULAR) throw damaged(`holds ${shown}, which is no regular file`)
  if (header[AT.prefix] !== 0 || !/^[\w-][\w.-]*$/.test(name))
    throw damaged(`names a file ${shown}, which is no name for a file of a bundle`)
  const size = octalAt(header, AT.size, 12)
  if (!Number.isSafeInteger(size)) throw damaged(`gives ${shown} no valid size`)
  return { name, size }
}
