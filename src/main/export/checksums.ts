/** SHA256SUMS of an exported folder, as `sha256sum -c` reads it. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GpoError } from '@shared/errors'

export const CHECKSUMS = 'SHA256SUMS'

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const sha256OfFile = (path: string): string => sha256Of(readFileSync(path))

/** @param sums by name, with slashes between its parts */
export const checksumText = (sums: Iterable<readonly [name: string, sum: string]>): string =>
  [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, sum]) => `${sum}  ${name}\n`)
    .join('')

/** By name; a line that is no checksum, or names what is not below the folder, is left out. */
export const parseChecksums = (text: string): Map<string, string> =>
  new Map(
    text
      .split('\n')
      .filter((line) => /^[0-9a-f]{64} {2}[^\\]+$/.test(line))
      .map((line) => [line.slice(66), line.slice(0, 64)] as const)
      .filter(([name]) => !name.startsWith('/') && !name.split('/').includes('..')),
  )

/** Reads everything back. @returns the number of files @throws {GpoError} 'storage' */
export function verifyChecksums(folder: string): number {
  const sums = parseChecksums(readFileSync(join(folder, CHECKSUMS), 'utf8'))
  for (const [name, sum] of sums) {
    if (sha256OfFile(join(folder, name)) !== sum)
      throw new GpoError(
        'storage',
        `${join(folder, name)} was read back with other contents than written: check the disk and export again`,
      )
  }
  return sums.size
}
