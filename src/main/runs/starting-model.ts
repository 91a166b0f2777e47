/**
 * For a run that starts from another run's result: the weights are first saved as a model folder beside the database and listed in the library,
 * so that later changes to the other run have no effect.
 */
import { existsSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { addEntry } from '@main/library/entries'
import { RUN_MODEL } from '@main/library/known-paths'
import { modelPath } from '@main/paths'
import { checkpointPath } from '@main/paths/run-folder'
import { listCheckpoints } from '@main/store/checkpoints'
import type { Store } from '@main/store/query'
import { getRun } from '@main/store/runs'
import type { Fork } from '@main/workers/fork'
import { runJob } from '@main/workers/job-client'
import { GpoError } from '@shared/errors'
import type { Plan } from '@shared/schemas/plan'
import { resolveRun } from './prepare'

interface StartingModel {
  readonly store: Store
  readonly plan: Plan
  /** Built entry of the process that runs one job. */
  readonly workerPath: string
  readonly fork?: Fork
  readonly onProgress?: (label: string, done: number, total: number) => void
}

const slug = (name: string) =>
  name
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^[-.]+|-+$/g, '')
    .slice(0, 60)

/** Exports in progress, by folder: two runs that start from the same result share one. */
const underWay = new Map<string, Promise<void>>()

async function write(folder: string, id: string, { store, workerPath, fork, onProgress }: StartingModel) {
  const run = getRun(store, id)
  const newest = listCheckpoints(store, id).at(-1)
  if (!newest) throw new GpoError('notFound', `run ${id} has no checkpoint yet: resume it first`)
  const partial = `${folder}.partial-${process.pid}`
  try {
    await runJob({
      workerPath,
      fork,
      job: {
        kind: 'export',
        model: { folder: modelPath(run.plan.model.path), checkpoint: checkpointPath(store.file, id, newest.path) },
        backend: run.plan.backend,
        layout: 'merged',
        name: run.name,
        out: folder,
        partial,
        dtype: 'F32',
      },
      onProgress: ({ label, done, total }) => onProgress?.(label, done, total),
    })
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

/**
 * The plan, with a model folder in place of `run:ID`.
 * @throws GpoError('notFound') if there is no such run or checkpoint, ('storage') when the folder cannot be written
 */
export async function withStartingModel(start: StartingModel): Promise<Plan> {
  const { store, plan } = start
  if (!plan.model.path.startsWith(RUN_MODEL)) return plan
  const { id, name } = resolveRun(store, plan.model.path.slice(RUN_MODEL.length))
  const iteration = listCheckpoints(store, id).at(-1)?.iteration
  if (iteration === undefined) throw new GpoError('notFound', `run ${id} has no checkpoint yet: resume it first`)
  const folder = join(dirname(resolve(store.file)), 'models', `${slug(name)}-${id}-${iteration}`)
  if (!existsSync(join(folder, 'config.json'))) {
    const work = underWay.get(folder) ?? write(folder, id, start)
    underWay.set(folder, work)
    try {
      await work
    } finally {
      underWay.delete(folder)
    }
  }
  addEntry(store, 'model', `${name} · iteration ${iteration}`, folder)
  return { ...plan, model: { path: folder } }
}
