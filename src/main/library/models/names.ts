/** Finds models by their names in the library or on the Hub, for the command line. */

import type { Store } from '@main/store/query'
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'
import { type LibraryEntry, listEntries } from '../entries'
import { type CachedRepository, cachedRepositories } from '../hub/cache'

/**
 * The folder of the model `wanted`: a library entry by its name or id, or a download by `organisation/name`.
 * @param store null if there is no database yet @returns null if there is no such model
 * @throws GpoError('usage') if several models have the name
 */
export function namedModel(store: Store | null, wanted: string): string | null {
  const entries: readonly LibraryEntry[] = store ? listEntries(store, 'model') : []
  const found = entries.filter(({ id, name }) => id === wanted || name === wanted)
  const folders = [...new Set(found.map(({ path }) => path))]
  if (folders.length > 1)
    throw new GpoError(
      'usage',
      `${shown(wanted)} is the name of ${folders.length} models: give the folder instead, ${folders.join(' or ')}`,
    )
  const downloads: readonly CachedRepository[] = cachedRepositories('model')
  return folders[0] ?? downloads.find(({ id }) => id === wanted)?.folder ?? null
}
