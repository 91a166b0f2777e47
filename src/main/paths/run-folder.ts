/**
 * Where a run keeps its files: always `runs/ID` beside its database. The path comes from the id alone, because a database may be someone else's, and a
 * path in it may name anything.
 */
import { lstatSync, realpathSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'

/** No dot: a folder of a run is never `..`, nor one that a system opens as a program (`x.app`). */
export const isRunId = (id: string): boolean => /^[\w-]{1,100}$/.test(id)

/**
 * The folder of a run's checkpoints; it need not exist.
 * @throws GpoError('usage') for an id that would lead outside
 */
export function runFolder(database: string, runId: string): string {
  if (!isRunId(runId)) {
    throw new GpoError('usage', `${shown(runId)} is not a run's id: letters, digits, "-" and "_" make one`)
  }
  return join(dirname(resolve(database)), 'runs', runId)
}

/**
 * The folder of a run, to delete from it, to write to it or to show it; null if there is none.
 * @throws GpoError('storage') if links lead out of the folder of the database, ('usage') as `runFolder`
 */
export function ownRunFolder(database: string, runId: string): string | null {
  const folder = runFolder(database, runId)
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return null
  if (isOwnFolder(database, folder)) return folder
  const cure = 'move the files there and remove the link; for more space, link the whole folder of the database'
  const message = `${folder} is a link or no folder (it leads to ${realpathOf(folder) ?? 'nothing'}), so it is not changed and not opened: ${cure}.`
  throw new GpoError('storage', message)
}

/**
 * Where a checkpoint of a run is, to read it; it need not be there.
 * @param name of its folder, as the database has it
 * @throws GpoError('storage') if links lead out of the folder of the database: the files would be someone else's
 */
export function checkpointPath(database: string, runId: string, name: string): string {
  const path = join(runFolder(database, runId), name)
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined || isOwnFolder(database, path)) return path
  const cure = 'move the files there and remove the link; for more space, link the whole folder of the database'
  const where = realpathOf(path) ?? 'nothing'
  throw new GpoError(
    'storage',
    `${path} is a link or behind one, or no folder (it leads to ${where}), so it is not read: ${cure}.`,
  )
}

/** Whether a folder below the database's is really there, and not elsewhere through a link. */
export function isOwnFolder(database: string, folder: string): boolean {
  const home = dirname(resolve(database))
  const real = realpathOf(folder)
  return real !== null && real === join(realpathSync(home), relative(home, folder)) && lstatSync(real).isDirectory()
}

function realpathOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}
