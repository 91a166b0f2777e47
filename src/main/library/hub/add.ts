/** A download with its progress as a stream; the result is added to the list. */
import { existsSync, statSync } from 'node:fs'
import { addEntry } from '@main/library/entries'
import type { Store } from '@main/store/query'
import type { DownloadEvent, HubContents } from '@shared/contract/hub'
import { createHub } from '@shared/event-hub'
import { placesOf } from './cache'
import { type HubOptions, type Repository, type RepositoryKind, readRepository } from './client'
import { downloadRepository, wantedFiles } from './download'
import { choicesOf, hasFolder, suggestedFile } from './gguf-files'

/** What of a repository: a GGUF file, null for its folder of safetensors, undefined for what is suggested. */
export interface HubWish {
  readonly kind: RepositoryKind
  readonly id: string
  readonly file?: string | null | undefined
}

const fileOf = (repository: Repository, { file }: HubWish): string | undefined =>
  file === undefined ? suggestedFile(repository) : (file ?? undefined)

export async function hubContents(wish: HubWish, options: HubOptions): Promise<HubContents> {
  const repository = await readRepository(wish.kind, wish.id, options)
  const file = fileOf(repository, wish)
  const files = wantedFiles(repository, file)
  const places = placesOf(repository)
  const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0)
  return {
    id: repository.id,
    commit: repository.commit,
    license: repository.license,
    isGated: repository.isGated,
    files: files.map(({ name, bytes }) => ({ name, bytes })),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    here: files.reduce(
      (sum, file) => sum + Math.max(sizeOf(places.blob(file)), sizeOf(`${places.blob(file)}.incomplete`)),
      0,
    ),
    choices: choicesOf(repository),
    file: file ?? null,
    hasFolder: hasFolder(repository.files),
  }
}

/** Milliseconds between two reports. */
const REPORT = 150

export async function* downloadWatched(
  store: Store,
  wish: HubWish,
  options: HubOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<DownloadEvent, void> {
  const stop = new AbortController()
  const ended = new AbortController()
  const hub = createHub<DownloadEvent>()
  const begin = performance.now()
  let last = 0
  let failure: { readonly error: unknown } | null = null
  let folder = ''
  const work = async () => {
    const repository = await readRepository(wish.kind, wish.id, options)
    const file = fileOf(repository, wish)
    folder = await downloadRepository(repository, {
      ...options,
      file,
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
      onProgress: ({ file, done, total }) => {
        const now = performance.now()
        if (now - last < REPORT && done < total) return
        last = now
        hub.publish({ type: 'progress', file, done, total, seconds: (now - begin) / 1000 })
      },
    })
    addEntry(store, wish.kind, file ?? wish.id, folder)
  }
  const events = hub.listen(ended.signal)
  const first = events.next() // listens from here on
  void work()
    .catch((error: unknown) => {
      failure = { error }
    })
    .finally(() => setImmediate(() => ended.abort()))
  try {
    for (let event = await first; !event.done; event = await events.next()) yield event.value
    if (failure) throw (failure as { readonly error: unknown }).error
    yield { type: 'done', path: folder }
  } finally {
    stop.abort()
    ended.abort()
  }
}
