/** Where things are: the user's data folder, the runs beside a database, the models and datasets in the box. */
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { GpoError } from '@shared/errors'

/** GPO_STUDIO_HOME, or the place this system keeps programs' data. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  if (env['GPO_STUDIO_HOME']) return resolve(env['GPO_STUDIO_HOME'])
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'gpo-studio')
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'gpo-studio')
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'gpo-studio')
}

export const databaseFile = (chosen?: string): string => (chosen ? resolve(chosen) : join(dataFolder(), 'runs.db'))

/** The folder of a run's checkpoints, beside its database. */
export const runFolder = (database: string, runId: string): string => join(dirname(database), 'runs', runId)

/** The package's `resources` folder, from the built files as from the sources. */
export function resourcesFolder(): string {
  for (let folder = import.meta.dirname; dirname(folder) !== folder; folder = dirname(folder)) {
    const candidate = join(folder, 'resources')
    if (existsSync(join(candidate, 'datasets'))) return candidate
  }
  throw new GpoError('usage', `the folder "resources" was not found above ${import.meta.dirname}: reinstall the program`)
}

const PREFIX = 'bundled:'

function bundled(kind: 'models' | 'datasets', name: string, file: string): string {
  const folder = join(resourcesFolder(), kind)
  const names = readdirSync(folder)
  if (name === basename(name) && names.includes(name)) {
    const path = join(folder, name, file)
    if (existsSync(path)) return path
  }
  throw new GpoError('notFound', `there is no bundled ${kind === 'models' ? 'model' : 'dataset'} "${name}"; there are: ${names.join(', ')}`)
}

/** A model's folder: a path, or `bundled:NAME`. */
export function modelPath(path: string): string {
  return path.startsWith(PREFIX) ? bundled('models', path.slice(PREFIX.length), '.') : resolve(path)
}

/** A dataset's file: a path, `bundled:NAME` (its training file) or `bundled:NAME/test`. */
export function datasetPath(path: string): string {
  if (!path.startsWith(PREFIX)) return resolve(path)
  const [name = '', split = 'train'] = path.slice(PREFIX.length).split('/')
  if (split !== 'train' && split !== 'test') throw new GpoError('notFound', `"${path}": a bundled dataset has the parts train and test`)
  return bundled('datasets', name, `${split}.jsonl`)
}
