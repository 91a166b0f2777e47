/** Models by the names they have in the library or on the Hub, for those who type. */

import type { Store } from '@main/store/query'
import { GpoError } from '@shared/errors'
import { type LibraryEntry, listEntries } from '../entries'
import { type CachedRepository, cachedRepositories } from '../hub/cache'

/**
 * The folder of what is called `wanted`: an entry of the library by its name or id, or a download by `organisation/name`.
 * @param store null where there is no database yet
 * @returns null if nothing is called that
 * @throws GpoError('usage') where a name is that of several
 */
export function namedModel(store: Store | null, wanted: string): string | null {
  const entries: readonly LibraryEntry[] = store ? listEntries(store, 'model') : []
  const found = entries.filter(({ id, name }) => id === wanted || name === wanted)
  const folders = [...new Set(found.map(({ path }) => path))]
  if (folders.length > 1)
    throw new GpoError(
      'usage',
      `${JSON.stringify(wanted)} is the name of ${folders.length} models: give the folder instead, ${folders.join(' or ')}`,
    )
  const downloads: readonly CachedRepository[] = cachedRepositories('model')
  return folders[0] ?? downloads.find(({ id }) => id === wanted)?.folder ?? null
}
