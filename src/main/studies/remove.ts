/** Removes a study; its runs stay, or go with their files: at once, or hidden first, so that they can be restored for a while. */
import { ownRunFolder } from '@main/paths/run-folder'
import { removeRunFiles } from '@main/runs/files'
import { type Store, transaction } from '@main/store/query'
import { hideRuns } from '@main/store/run-notes'
import { deleteRun, getRunSummary } from '@main/store/runs'
import { deleteStudy, studyCells } from '@main/store/studies'

/** @returns how many runs it had @throws {GpoError} 'usage' while it or one of its runs is running */
export function removeStudy(store: Store, id: string, of: 'keep' | 'hide' | 'delete'): number {
  const runs = studyCells(store, id).flatMap(({ run }) => (run === null ? [] : [getRunSummary(store, run)]))
  if (of === 'delete') for (const run of runs) ownRunFolder(store.file, run.id) // refuses before anything is gone
  transaction(store, () => {
    deleteStudy(store, id)
    if (of === 'delete') for (const run of runs) deleteRun(store, run.id)
  })
  const ids = runs.map((run) => run.id)
  if (of === 'hide' && ids.length > 0) hideRuns(store, ids, true)
  if (of === 'delete') for (const run of runs) removeRunFiles(store, run.id)
  return runs.length
}
