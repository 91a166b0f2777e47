/** What is really on disk of a run, beside what the database knows: a program that ends between the two leaves a checkpoint that is not recorded. */
import { checkpointsOnDisk } from '@main/formats/run-checkpoint'
import { isOwnFolder, runFolder } from '@main/paths/run-folder'
import { listCheckpoints } from '@main/store/checkpoints'
import type { Store } from '@main/store/query'
import type { CheckpointRecord } from '@shared/schemas/events'
import type { RunSummary } from '@shared/schemas/run'

/** Checkpoints newer than all that are recorded, oldest first. A folder that is elsewhere through a link is not looked into. */
export function unrecordedCheckpoints(store: Store, runId: string): CheckpointRecord[] {
  const folder = runFolder(store.file, runId)
  if (!isOwnFolder(store.file, folder)) return []
  const newest = listCheckpoints(store, runId).at(-1)?.iteration ?? 0
  return checkpointsOnDisk(folder).filter(({ iteration }) => iteration > newest)
}

/** Says which checkpoint is left after a failure, and whether the database knows it. */
export function keptOnDisk(store: Store, runId: string): string {
  const newest = listCheckpoints(store, runId).at(-1)
  const unknown = unrecordedCheckpoints(store, runId).at(-1)
  const kept = newest ? `The checkpoint of iteration ${newest.iteration} is kept.` : null
  if (unknown === undefined) return kept ?? 'There was no checkpoint yet; the starting model is unchanged.'
  const beside = `The checkpoint of iteration ${unknown.iteration} is on disk, but the database could not record it.`
  return kept === null ? beside : `${kept} ${beside}`
}

/** Those that a person may go on from: of a run that is not in progress, and not complete. */
export const offeredCheckpoints = (store: Store, { id, status, isReadOnly }: RunSummary): CheckpointRecord[] =>
  status === 'running' || status === 'completed' || isReadOnly ? [] : unrecordedCheckpoints(store, id)
