/** All runs of a study read the same files: data or weights that changed between two runs would be taken for an effect of the arms. */
import { differences } from '@main/runs/fingerprints'
import { type Fingerprint, fingerprintsOfRun } from '@main/store/fingerprints'
import type { Store } from '@main/store/query'
import type { StoredCell } from '@main/store/studies'
import { GpoError } from '@shared/errors'

/** Each input as the first run that read it found it. */
function firstPrints(store: Store, cells: readonly StoredCell[]): Fingerprint[] {
  const found = new Map<string, Fingerprint>()
  for (const { run } of cells)
    for (const print of run === null ? [] : (fingerprintsOfRun(store, run) ?? [])) {
      const key = JSON.stringify([print.part, print.path])
      if (!found.has(key)) found.set(key, print)
    }
  return [...found.values()]
}

/** @param prints of a run that is about to begin @throws {GpoError} 'data' naming every input that has changed since the study's first run */
export function refuseOtherInputs(store: Store, cells: readonly StoredCell[], prints: readonly Fingerprint[]): void {
  const before = firstPrints(store, cells)
  const changes = prints.flatMap((print) => {
    const first = before.find(({ part, path }) => part === print.part && path === print.path)
    return first ? differences([first], [print]) : []
  })
  if (changes.length === 0) return
  throw new GpoError(
    'data',
    `The study’s first runs read other files: ${changes.join('; ')}. Restore them and continue, or make a new study`,
  )
}
