/** What programs that were killed have left beside the database: unfinished models, studies and checkpoints, under names that only unfinished ones have. */
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isOwnFolder, ownRunFolder } from '@main/paths/run-folder'
import type { Store } from '@main/store/query'
import { listRuns } from '@main/store/runs'
import { isAlive } from './process'

/** `NAME.partial-PID`, written by that process. */
const PARTIAL = /\.partial-(\d{1,10})$/
const PARTIAL_CHECKPOINT = /^partial-checkpoint-\d{8}/
const FOLDERS = ['.', 'models', 'studies']

const isDead = (pid: number) => !isAlive({ pid, startedAt: '' })

function clearFolder(store: Store, folder: string): void {
  if (!existsSync(folder) || !isOwnFolder(store.file, folder)) return
  for (const name of readdirSync(folder)) {
    const pid = Number(PARTIAL.exec(name)?.[1] ?? Number.NaN)
    if (pid > 0 && isDead(pid)) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

function clearRun(store: Store, id: string): void {
  const folder = ownRunFolder(store.file, id)
  if (folder === null) return
  for (const name of readdirSync(folder))
    if (PARTIAL_CHECKPOINT.test(name) && lstatSync(join(folder, name)).isDirectory())
      rmSync(join(folder, name), { recursive: true, force: true })
}

/**
 * To be called when runs without a process are marked as interrupted. Links are not followed, and what a living process writes stays.
 * @param onProblem called with what cannot be cleared; the rest still is
 */
export function clearLeftovers(store: Store, onProblem: (error: unknown) => void): void {
  if (store.isReadOnly) return
  const attempt = (work: () => void) => {
    try {
      work()
    } catch (error) {
      onProblem(error)
    }
  }
  for (const name of FOLDERS) attempt(() => clearFolder(store, join(dirname(store.file), name)))
  const ended = listRuns(store, { statuses: ['interrupted', 'failed', 'stopped', 'completed'] })
  for (const { id } of ended) attempt(() => clearRun(store, id))
}
