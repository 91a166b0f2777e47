/** A study's document from a file or the window: read, checked in form, its paths made absolute. Nothing in it is trusted. */
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { RUN_MODEL } from '@main/library/known-paths'
import { type FindNamed, ownNames, readJson } from '@main/library/plans/plan-file'
import { isBundled } from '@main/paths'
import { GpoError } from '@shared/errors'
import { describeIssue } from '@shared/plan/describe-issue'
import { type Changes, type ChangeValue, type Study, studySchema } from '@shared/schemas/study'

/** @throws GpoError('plan') listing every problem of form by key, value and cure */
export function parseStudy(raw: unknown, name: string): Study {
  const result = studySchema.safeParse(raw)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => describeIssue(issue, raw, 'the study'))
  throw new GpoError('plan', `${name}: ${problems.join('; ')}`)
}

/** Settings that are paths, and whether a model may be given by name there. */
export const PATH_SETTINGS = {
  'model.path': 'model',
  'adaptation.from': 'model',
  'data.train.path': 'data',
  'data.eval.path': 'data',
} as const
type PathSetting = keyof typeof PATH_SETTINGS

const isPathSetting = (path: string): path is PathSetting => Object.hasOwn(PATH_SETTINGS, path)

/** Another path for one of the settings of `PATH_SETTINGS`. */
export type MovePath = (path: string, kind: 'model' | 'data') => string

type Json = Record<string, unknown>
const isNode = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function movedIn(plan: unknown, keys: readonly string[], move: (path: string) => string): unknown {
  const [key, ...rest] = keys
  if (key === undefined) return typeof plan === 'string' ? move(plan) : plan
  if (!isNode(plan) || !Object.hasOwn(plan, key)) return plan
  return { ...plan, [key]: movedIn(plan[key], rest, move) }
}

const movedChanges = (changes: Changes, move: MovePath): Record<string, ChangeValue> =>
  Object.fromEntries(
    Object.entries(changes).map(([path, value]) => {
      const isPath = isPathSetting(path) && typeof value === 'string'
      return [path, isPath ? move(value, PATH_SETTINGS[path]) : value]
    }),
  )

/** The study with other paths: those of its plan, its tasks and its arms. */
export function withPaths(study: Study, move: MovePath): Study {
  const plan = Object.entries(PATH_SETTINGS).reduce<unknown>(
    (moved, [path, kind]) => movedIn(moved, path.split('.'), (value) => move(value, kind)),
    study.plan,
  )
  return {
    ...study,
    plan: plan as Study['plan'], // an object stays one
    tasks: study.tasks.map((task) => ({ ...task, changes: movedChanges(task.changes, move) })),
    arms: study.arms.map((arm) => ({ ...arm, changes: movedChanges(arm.changes, move) })),
  }
}

/** Paths are relative to the study's folder; a model may be given by name. */
const absolute =
  (folder: string, findNamed: FindNamed): MovePath =>
  (path, kind) => {
    if (isBundled(path) || path.startsWith(RUN_MODEL)) return path
    const there = resolve(folder, path)
    return kind === 'data' || existsSync(there) ? there : (findNamed(path) ?? there)
  }

/** @throws GpoError('plan') for a file that cannot be read or has not the form of a study */
export function readStudy(file: string, findNamed: FindNamed = () => null): Study {
  const study = parseStudy(readJson(file, 'study'), file)
  const plan =
    'adaptation' in study.plan ? { ...study.plan, adaptation: ownNames(study.plan['adaptation']) } : study.plan
  return withPaths({ ...study, plan }, absolute(dirname(resolve(file)), findNamed))
}
