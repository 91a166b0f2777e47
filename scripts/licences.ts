/** What the program ships with: the packages that are bundled into it or installed beside it, by the lock file, and the runtimes of its window. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Licence {
  readonly name: string
  readonly version: string
  readonly licence: string
  /** Used by the program itself, not only by another package. */
  readonly isDirect: boolean
}

interface Locked {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly license?: string
  readonly resolved?: string
  readonly integrity?: string
}

export interface Shipped extends Locked, Licence {
  /** In `node_modules`. */
  readonly folder: string
}

interface LockFile {
  /** By folder; the program itself is under the empty name. */
  readonly packages: Readonly<Record<string, Locked>>
}

const IMPORT = /(?:\bfrom|\bimport\(?|\bresolve\()\s*'((?:@[\w-]+\/)?[\w.-]+)(?=['/])/g

/** Its types and its command are used while building; what of it is shipped is a runtime. */
const RUNTIME = 'electron'

const sourcesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|css)$/.test(name))
    .map((name) => join(folder, name))

/** Names in imports of the sources; those of our own aliases and of Node are among them. */
function importedNames(root: string): ReadonlySet<string> {
  const texts = sourcesIn(join(root, 'src')).map((file) => readFileSync(file, 'utf8'))
  return new Set(texts.flatMap((text) => [...text.matchAll(IMPORT)].map(([, name]) => name ?? '')))
}

/** Where a package is found from another one's folder, as Node looks for it. */
function folderOf(name: string, from: string, packages: LockFile['packages']): string | null {
  for (let above = from; ; above = above.slice(0, Math.max(0, above.lastIndexOf('/node_modules/')))) {
    const folder = `${above === '' ? '' : `${above}/`}node_modules/${name}`
    if (packages[folder]) return folder
    if (above === '' || !above.includes('/node_modules/')) break
  }
  return packages[`node_modules/${name}`] ? `node_modules/${name}` : null
}

/** What a package asks for; types are read by a compiler only. */
function needed({ dependencies = {}, peerDependencies = {}, peerDependenciesMeta: meta = {} }: Locked): string[] {
  const peers = Object.keys(peerDependencies).filter((name) => !meta[name]?.optional)
  return [...Object.keys(dependencies), ...peers].filter((name) => !name.startsWith('@types/'))
}

/** Every package that the program's code is made of or needs, by name. */
export function readShipped(root: string): Shipped[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile
  const own = packages[''] as Locked & { readonly devDependencies?: Readonly<Record<string, string>> }
  const imported = importedNames(root)
  const direct = [
    ...Object.keys(own.dependencies ?? {}),
    ...Object.keys(own.devDependencies ?? {}).filter((name) => imported.has(name) && name !== RUNTIME),
  ]
  const found = new Map<string, Shipped>()
  const add = (name: string, from: string, isDirect: boolean): void => {
    const folder = folderOf(name, from, packages)
    const locked = folder === null ? undefined : packages[folder]
    if (folder === null || !locked || found.has(folder)) return
    found.set(folder, { ...locked, folder, name, licence: locked.license ?? 'unknown', isDirect })
    for (const one of needed(locked)) add(one, folder, false)
  }
  for (const name of direct) add(name, '', true)
  for (const name of direct) {
    const own = found.get(`node_modules/${name}`)
    if (own) found.set(own.folder, { ...own, isDirect: true })
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Electron with what is inside it; the texts of all of its parts are in the file beside its program. */
export function readRuntimes(root: string): Licence[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile
  const version = packages[`node_modules/${RUNTIME}`]?.version ?? 'unknown'
  const inside = `in Electron ${version}`
  return [
    { name: 'Electron', version, licence: 'MIT', isDirect: true },
    {
      name: 'Chromium',
      version: inside,
      licence: 'BSD-3-Clause, parts others: LICENSES.chromium.html',
      isDirect: true,
    },
    { name: 'Node.js', version: inside, licence: 'MIT, parts others: LICENSES.chromium.html', isDirect: true },
  ]
}

/** By name, each version once. */
export function readLicences(root: string): Licence[] {
  const all = readShipped(root).map(({ name, version, licence, isDirect }) => ({ name, version, licence, isDirect }))
  return [...new Map(all.map((one) => [`${one.name}@${one.version}`, one])).values()]
}
