/** A download with its progress as a stream; the result is added to the list. */
import { existsSync, statSync } from 'node:fs'
import { addEntry } from '@main/library/entries'
import type { Store } from '@main/store/query'
import type { DownloadEvent, HubContents } from '@shared/contract/hub'
import { createHub } from '@shared/event-hub'
import { placesOf } from './cache'
import { type HubOptions, type RepositoryKind, readRepository } from './client'
import { downloadRepository, wantedFiles } from './download'

export async function hubContents(kind: RepositoryKind, id: string, options: HubOptions): Promise<HubContents> {
  const repository = await readRepository(kind, id, options)
  const files = wantedFiles(repository)
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
  }
}

/** Milliseconds between two reports. */
const REPORT = 150

export async function* downloadWatched(
  store: Store,
  kind: RepositoryKind,
  id: string,
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
    const repository = await readRepository(kind, id, options)
    folder = await downloadRepository(repository, {
      ...options,
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
      onProgress: ({ file, done, total }) => {
        const now = performance.now()
        if (now - last < REPORT && done < total) return
        last = now
        hub.publish({ type: 'progress', file, done, total, seconds: (now - begin) / 1000 })
      },
    })
    addEntry(store, kind, id, folder)
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
