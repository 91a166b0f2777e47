/** The packages that the program ships with, from the lock file: all except those for development. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Licence {
  readonly name: string
  readonly version: string
  readonly licence: string
  /** Required by the program itself, not by another package. */
  readonly isDirect: boolean
}

interface Locked {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly license?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly peer?: boolean
  readonly optional?: boolean
}

interface LockFile {
  /** By folder; the program itself is under the empty name. */
  readonly packages: Readonly<Record<string, Locked>>
}

/** By name. */
export function readLicences(root: string): Licence[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile
  const direct = new Set(Object.keys(packages['']?.dependencies ?? {}))
  const found = Object.entries(packages)
    .filter(([path, { dev, devOptional, peer, optional }]) => path !== '' && !dev && !devOptional && !peer && !optional)
    .map(([path, { version, license }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
      return { name, version, licence: license ?? 'unknown', isDirect: direct.has(name) }
    })
  const unique = new Map(found.map((one) => [`${one.name}@${one.version}`, one]))
  return [...unique.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
