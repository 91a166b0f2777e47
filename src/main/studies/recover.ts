/** Studies whose program has ended. */
import { isAlive } from '@main/runs/process'
import type { Store } from '@main/store/query'
import { endStudy, runningStudies } from '@main/store/studies'

/** Pauses studies whose process is gone. @returns their ids */
export function recoverStudies(store: Store): string[] {
  if (store.isReadOnly) return []
  return runningStudies(store).flatMap(({ id, owner }) => {
    if (isAlive(owner)) return []
    const message = `The program that ran it ended unexpectedly (process ${owner.pid}): continue it.`
    return endStudy(store, id, owner, { state: 'paused', error: { code: 'interrupted', message } }) ? [id] : []
  })
}
