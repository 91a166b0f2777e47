/** The files of a folder and those below it. A link is followed only inside the folder, or inside the Hub cache's own repository. */
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { GpoError } from '@shared/errors'

export interface FoundFile {
  /** Path relative to the folder, with "/" between folders. */
  readonly name: string
  readonly path: string
}

const MAX_DEPTH = 3
const MAX_FILES = 10_000

interface Walk {
  /** Real paths of the folders that links may lead into. */
  readonly allowed: readonly string[]
  readonly files: FoundFile[]
  readonly notes: string[]
}

/** Sorted by name; hidden ones are left out. @param depth how many levels of folders to search */
export async function listFiles(
  folder: string,
  depth = MAX_DEPTH,
): Promise<{ readonly files: readonly FoundFile[]; readonly notes: readonly string[] }> {
  const walk: Walk = { allowed: await allowedFor(folder), files: [], notes: [] }
  await visit(folder, '', depth, walk)
  return walk
}

/** The cache keeps a repository's files in `blobs` and links to them from `snapshots/<commit>`. */
async function allowedFor(folder: string): Promise<readonly string[]> {
  const real = await realpath(folder)
  const at = real.split(sep).lastIndexOf('snapshots')
  if (at < 0) return [real]
  const repository = real.split(sep).slice(0, at).join(sep)
  return /^(datasets|models|spaces)--/.test(basename(repository)) ? [real, join(repository, 'blobs')] : [real]
}

async function visit(folder: string, prefix: string, depth: number, walk: Walk): Promise<void> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    const kind = await kindOf(entry, path, walk)
    if (kind === 'folder' && depth > 0) await visit(path, `${prefix}${entry.name}/`, depth - 1, walk)
    if (kind === 'file') walk.files.push({ name: `${prefix}${entry.name}`, path })
    if (walk.files.length > MAX_FILES) {
      throw new GpoError(
        'data',
        `${folder} has more than ${MAX_FILES} files below it; choose a folder with a single dataset`,
      )
    }
  }
}

async function kindOf(entry: Dirent, path: string, walk: Walk): Promise<'file' | 'folder' | null> {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (!entry.isSymbolicLink()) return null
  const target = await realpath(path).catch(() => null)
  if (target === null) return note(walk, `${entry.name} is a broken link: download the set again`)
  if (!walk.allowed.some((root) => target.startsWith(`${root}${sep}`))) {
    return note(walk, `${entry.name} is a link to somewhere outside of ${dirname(path)}: not followed`)
  }
  const info = await stat(target)
  // A link may lead to a folder above it, which would make an endless loop.
  return info.isFile() ? 'file' : null
}

function note(walk: Walk, text: string): null {
  if (walk.notes.length < 20) walk.notes.push(text)
  return null
}
