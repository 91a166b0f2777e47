/** `gpo models` and `gpo data`: list the library, add from disk, search and download from the Hub. */
import { basename, resolve } from 'node:path'
import { readModelConfig } from '@main/formats/model-config'
import { readPeftConfig } from '@main/formats/peft'
import { loadDataset } from '@main/library/datasets/load'
import { addEntry, listEntries } from '@main/library/entries'
import { cachedRepositories } from '@main/library/hub/cache'
import { endpointOf, type HubOptions, type RepositoryKind, readRepository, searchHub } from '@main/library/hub/client'
import { downloadRepository, wantedFiles } from '@main/library/hub/download'
import { isAdapterFolder } from '@main/library/models/adapter'
import { databaseFile } from '@main/paths'
import { openStore } from '@main/store/open'
import { formatBytes, formatTable, type Output } from './output'
import { createProgress } from './progress'
import type { StoreOptions } from './train'

const hubOptions = (): HubOptions => ({ endpoint: endpointOf(), token: process.env['HF_TOKEN'] ?? null })

/** What is available offline: the library and the shared Hugging Face cache. */
export function listLibrary(kind: RepositoryKind, options: StoreOptions, output: Output): number {
  const store = openStore(databaseFile(options.db))
  try {
    const entries = listEntries(store, kind)
    const cached = cachedRepositories(kind)
    const rows = [
      ...entries.map(({ name, path }) => ({ name, path, from: 'added' })),
      ...cached.map(({ id, folder }) => ({ name: id, path: folder, from: 'Hugging Face cache' })),
    ]
    for (const row of rows) output.json(row)
    if (rows.length === 0) output.line(`no ${kind}s were added; bundled ones are always available`)
    else output.line(formatTable([['name', 'from', 'path'], ...rows.map(({ name, from, path }) => [name, from, path])]))
    return 0
  } finally {
    store.close()
  }
}

/** Adds a folder or file from disk. @throws {GpoError} if it cannot be used */
export async function addToLibrary(
  kind: RepositoryKind,
  path: string,
  options: StoreOptions,
  output: Output,
): Promise<number> {
  const at = resolve(path)
  if (kind === 'model') (isAdapterFolder(at) ? readPeftConfig : readModelConfig)(at)
  else await loadDataset(at, { limit: 100 })
  const store = openStore(databaseFile(options.db))
  try {
    const id = addEntry(store, kind, basename(at), at)
    output.json({ id, kind, path: at })
    output.line(`added ${at}`)
    return 0
  } finally {
    store.close()
  }
}

export async function searchLibrary(kind: RepositoryKind, text: string, output: Output): Promise<number> {
  const found = await searchHub(kind, text, hubOptions())
  for (const one of found) output.json(one)
  const rows = found.map(({ id, license, isGated, downloads }) => [
    id,
    license ?? 'not given',
    isGated ? 'gated' : 'open',
    String(downloads),
  ])
  output.line(formatTable([['repository', 'licence', 'access', 'downloads'], ...rows]))
  return 0
}

interface DownloadFlags extends StoreOptions {
  /** Only print what would be downloaded. */
  readonly dryRun?: boolean
  /** One GGUF file of the repository. */
  readonly file?: string
}

/** Downloads into the shared cache and adds it to the library. Licence and size are printed first. */
export async function downloadToLibrary(
  kind: RepositoryKind,
  id: string,
  options: DownloadFlags,
  output: Output,
): Promise<number> {
  const hub = hubOptions()
  const repository = await readRepository(kind, id, hub)
  const files = wantedFiles(repository, options.file)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  output.note(
    `${id} at ${repository.commit.slice(0, 12)}: ${files.length} files, ${formatBytes(bytes)}, licence ${repository.license ?? 'not given'}`,
  )
  if (options.dryRun) {
    for (const file of files) output.json(file)
    output.line(formatTable([['file', 'size'], ...files.map((file) => [file.name, formatBytes(file.bytes)])]))
    return 0
  }
  const stop = new AbortController()
  const onInterrupt = () => stop.abort()
  process.once('SIGINT', onInterrupt)
  const progress = createProgress()
  const begin = performance.now()
  try {
    const folder = await downloadRepository(repository, {
      ...hub,
      signal: stop.signal,
      file: options.file,
      onProgress: ({ file, done, total }) => {
        const seconds = (performance.now() - begin) / 1000
        const rate = done / Math.max(seconds, 0.1)
        progress.show(`${file}, ${formatBytes(rate)}/s`, done, total, 0, seconds, (total - done) / Math.max(rate, 1))
      },
    })
    progress.end()
    const store = openStore(databaseFile(options.db))
    try {
      addEntry(store, kind, options.file ?? id, folder)
    } finally {
      store.close()
    }
    output.json({ id, kind, path: folder, bytes })
    output.line(`downloaded to ${folder}`)
    return 0
  } finally {
    process.removeListener('SIGINT', onInterrupt)
    progress.end()
  }
}
