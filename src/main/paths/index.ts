/** Paths: the user's data folder, the runs beside a database, bundled models and datasets. */
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'

const NAME = 'gpo-studio'

/** The XDG base directory specification says that relative paths are ignored. */
const absolute = (path: string | undefined): string | undefined => (path && isAbsolute(path) ? path : undefined)

/** GPO_STUDIO_HOME, or the system's folder for programs' data. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  if (env.GPO_STUDIO_HOME) return resolve(env.GPO_STUDIO_HOME)
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', NAME)
  if (platform === 'win32') return join(env.APPDATA || join(homedir(), 'AppData', 'Roaming'), NAME)
  return join(absolute(env.XDG_DATA_HOME) ?? join(homedir(), '.local', 'share'), NAME)
}

export const databaseFile = (chosen?: string): string => (chosen ? resolve(chosen) : join(dataFolder(), 'runs.db'))

/** What a run's trainer printed and threw; in the run's folder. */
export const trainerLog = (runFolder: string): string => join(runFolder, 'trainer.log')

/** What the processes of one kind of job printed and threw (`evaluate.log`, `generate.log` for the playground, …). */
export const jobLog = (kind: string): string => join(dataFolder(), 'logs', `${kind}.log`)

/** The package's `resources` folder, found from the built files and from the sources. */
export function resourcesFolder(): string {
  for (let folder = import.meta.dirname; dirname(folder) !== folder; folder = dirname(folder)) {
    const candidate = join(folder, 'resources')
    if (existsSync(join(candidate, 'datasets'))) return candidate
  }
  throw new GpoError(
    'notFound',
    `the folder "resources" was not found above ${import.meta.dirname}: reinstall the program`,
  )
}

const PREFIX = 'bundled:'
const SPLITS = ['train', 'test']

/** True for a bundled name, which is not a path on disk. */
export const isBundled = (path: string): boolean => path.startsWith(PREFIX)

/** Paths of all bundled models or datasets, by name. */
export function bundledPaths(kind: 'model' | 'dataset'): readonly string[] {
  return bundledNames(kind).map((name) => PREFIX + name)
}

function bundledNames(kind: 'model' | 'dataset'): readonly string[] {
  const folder = join(resourcesFolder(), `${kind}s`)
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

/** Only existing folders are valid names, so no name leads outside. */
function bundledFolder(path: string, kind: 'model' | 'dataset', name: string): string {
  const names = bundledNames(kind)
  if (names.includes(name)) return join(resourcesFolder(), `${kind}s`, name)
  const known = names.map((known) => PREFIX + known).join(', ') || 'none'
  throw new GpoError('notFound', `there is no bundled ${kind} ${shown(path)}; there are: ${known}`)
}

/**
 * A model's folder: a path, or `bundled:NAME`.
 * @throws GpoError('notFound') naming the bundled ones
 */
export function modelPath(path: string): string {
  return path.startsWith(PREFIX) ? bundledFolder(path, 'model', path.slice(PREFIX.length)) : resolve(path)
}

/**
 * A dataset's file: a path, `bundled:NAME` (its training file) or `bundled:NAME/test`.
 * @throws GpoError('notFound') naming the bundled ones
 */
export function datasetPath(path: string): string {
  if (!path.startsWith(PREFIX)) return resolve(path)
  const [name = '', split = 'train', ...rest] = path.slice(PREFIX.length).split('/')
  const file = join(bundledFolder(path, 'dataset', name), `${split}.jsonl`)
  if (SPLITS.includes(split) && rest.length === 0 && existsSync(file)) return file
  throw new GpoError('notFound', `${shown(path)}: a bundled dataset has the parts ${SPLITS.join(' and ')}`)
}
