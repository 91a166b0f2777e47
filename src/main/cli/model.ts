/** Finds the model of a command: a folder, a GGUF file, an adapter's folder, `bundled:NAME`, a name in the library or on the Hub, or a run. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isModel, noModel } from '@main/formats/model-files'
import { isAdapterFolder, modelInFolder } from '@main/library/models/adapter'
import { namedModel } from '@main/library/models/names'
import { databaseFile, modelPath } from '@main/paths'
import { checkpointPath } from '@main/paths/run-folder'
import { resolveRun } from '@main/runs/prepare'
import { listCheckpoints } from '@main/store/checkpoints'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { getRun } from '@main/store/runs'
import type { ModelSource } from '@main/workers/job'
import { GpoError } from '@shared/errors'
import type { Plan } from '@shared/schemas/plan'
import { shown } from '@shared/shown'

export interface FoundModel {
  readonly source: ModelSource
  /** As the window names it. */
  readonly label: string
  /** The run's plan; null for a folder. */
  readonly plan: Plan | null
}

/** Finds a model by its name in the library or on the Hub, as listed by `gpo models`. */
export function findNamed(wanted: string, db?: string): string | null {
  const file = databaseFile(db)
  const store = existsSync(file) ? openStore(file) : null
  try {
    return namedModel(store, wanted)
  } finally {
    store?.close()
  }
}

/** Opens the database that should hold a run, without creating one. @throws GpoError('notFound') */
export function openRunsOf(wanted: string, db?: string): Store {
  const file = databaseFile(db)
  if (existsSync(file)) return openStore(file)
  throw new GpoError(
    'notFound',
    `there is no run ${shown(wanted)}: ${file} does not exist yet; \`gpo train PLAN.json\` creates it, --db chooses another`,
  )
}

/** @throws GpoError('notFound') when it is neither a folder nor a name nor a run, or the run has no checkpoint */
export function findModel(wanted: string, db?: string): FoundModel {
  if (wanted.startsWith('bundled:') || isModel(resolve(wanted))) {
    return {
      source: { folder: modelPath(wanted), checkpoint: null },
      label: wanted.replace(/^bundled:/, ''),
      plan: null,
    }
  }
  if (isAdapterFolder(resolve(wanted))) return { source: modelInFolder(resolve(wanted)), label: wanted, plan: null }
  const named = findNamed(wanted, db)
  if (named !== null) return { source: modelInFolder(named), label: wanted, plan: null }
  if (existsSync(resolve(wanted))) throw noModel(resolve(wanted))
  const store = openRunsOf(wanted, db)
  try {
    const run = getRun(store, resolveRun(store, wanted).id)
    const newest = listCheckpoints(store, run.id).at(-1)
    if (!newest) throw new GpoError('notFound', `run ${run.id} has no checkpoint yet: resume it first`)
    return {
      source: { folder: modelPath(run.plan.model.path), checkpoint: checkpointPath(store.file, run.id, newest.path) },
      label: `${run.name} · iteration ${newest.iteration}`,
      plan: run.plan,
    }
  } finally {
    store.close()
  }
}
