/**
 * The Hugging Face cache, in the layout that other tools share: `hub/models--org--name/{blobs, snapshots/<commit>, refs/main}`. Files in it are
 * used in place, and downloads go into it. `HF_HOME` and `HF_HUB_CACHE` are honoured.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { writeAtomically } from '@main/formats/atomic'
import type { HubFile, Repository, RepositoryKind } from './client'

export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['HF_HUB_CACHE']) return env['HF_HUB_CACHE']
  const home = env['HF_HOME'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'huggingface')
  return join(home, 'hub')
}

const folderName = (kind: RepositoryKind, id: string) => `${kind}s--${id.replaceAll('/', '--')}`

export interface CachePlaces {
  /** The repository as a folder of files. */
  readonly snapshot: string
  readonly blob: (file: HubFile) => string
  readonly link: (file: HubFile) => string
}

export function placesOf(
  { kind, id, commit }: Pick<Repository, 'kind' | 'id' | 'commit'>,
  cache = cacheFolder(),
): CachePlaces {
  const root = join(cache, folderName(kind, id))
  const snapshot = join(root, 'snapshots', commit)
  return {
    snapshot,
    blob: ({ checksum }) => join(root, 'blobs', checksum.value),
    link: ({ name }) => join(snapshot, ...name.split('/')),
  }
}

/** Links a downloaded blob to its file name, or copies it where links are not allowed. */
export function linkBlob(blob: string, link: string): void {
  mkdirSync(dirname(link), { recursive: true })
  rmSync(link, { force: true })
  try {
    symlinkSync(relative(dirname(link), blob), link)
  } catch {
    copyFileSync(blob, link)
  }
}

/** Records that a commit is the newest of a repository. */
export function noteNewest({ kind, id, commit }: Repository, cache = cacheFolder()): void {
  const file = join(cache, folderName(kind, id), 'refs', 'main')
  mkdirSync(dirname(file), { recursive: true })
  writeAtomically(file, [new TextEncoder().encode(commit)])
}

export interface CachedRepository {
  readonly kind: RepositoryKind
  readonly id: string
  readonly commit: string
  readonly folder: string
}

const entriesOf = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])

/** The commit `refs/main` names, or else the newest folder. */
function newestSnapshot(root: string): string | null {
  const ref = join(root, 'refs', 'main')
  const named = statSync(ref, { throwIfNoEntry: false })?.isFile() ? readFileSync(ref, 'utf8').trim() : ''
  const snapshots = entriesOf(join(root, 'snapshots'))
  if (snapshots.includes(named)) return named
  const byAge = snapshots.map((name) => ({ name, time: statSync(join(root, 'snapshots', name)).mtimeMs }))
  return byAge.sort((a, b) => b.time - a.time)[0]?.name ?? null
}

/** All repositories in the cache, including those that other tools downloaded. */
export function cachedRepositories(kind: RepositoryKind, cache = cacheFolder()): CachedRepository[] {
  const prefix = `${kind}s--`
  return entriesOf(cache).flatMap((name) => {
    if (!name.startsWith(prefix)) return []
    const root = join(cache, name)
    const commit = newestSnapshot(root)
    if (commit === null) return []
    const id = name.slice(prefix.length).replace('--', '/')
    return [{ kind, id, commit, folder: join(root, 'snapshots', commit) }]
  })
}
