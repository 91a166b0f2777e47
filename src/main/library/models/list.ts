/** All models in the list: bundled, from disk, from runs. */
import { existsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isModel, noModel } from '@main/formats/model-files'
import { ADAPTER_WEIGHTS, adapterParameters, readPeftConfig } from '@main/formats/peft'
import { bundledPaths, isBundled, modelPath } from '@main/paths'
import { checkpointPath, runFolder } from '@main/paths/run-folder'
import { planValue } from '@main/store/json-column'
import { all, type Store } from '@main/store/query'
import { listRuns } from '@main/store/runs'
import type { ModelItem } from '@shared/contract/models'
import { GpoError } from '@shared/errors'
import type { CriticalRule } from '@shared/method/critical-step'
import { isCheckpointFolder } from '@shared/schemas/events'
import type { ObjectiveKind } from '@shared/schemas/plan'
import { addEntry, getEntry, type LibraryEntry, listEntries } from '../entries'
import { RUN_MODEL as RUN, refuseUnknownPath } from '../known-paths'
import { isAdapterFolder, modelInFolder } from './adapter'
import { lookAtModel, type ModelLook, sentenceOf } from './look'

interface RunRow {
  readonly id: string
  readonly name: string
  readonly model: string
  readonly adaptation: 'full' | 'lora'
  readonly objective: ObjectiveKind
  readonly criticalStep: CriticalRule
  readonly iteration: number
  readonly path: string
  readonly bytes: number
  readonly since: number
  readonly accuracy: number | null
}

const RUNS = `SELECT r.id, r.name, ${planValue('$.model.path', 'r')} AS model, ${planValue('$.adaptation.kind', 'r')} AS adaptation,
    ${planValue('$.objective.kind', 'r')} AS objective, ${planValue('$.gpo.criticalStep', 'r')} AS criticalStep, c.iteration, c.path, c.bytes, coalesce(r.ended_at, r.created_at) AS since,
    (SELECT accuracy FROM evaluations WHERE run = r.key AND iteration <= c.iteration ORDER BY iteration DESC LIMIT 1) AS accuracy
  FROM runs AS r JOIN checkpoints AS c ON c.run = r.key
  WHERE r.removed_at IS NULL AND c.iteration = (SELECT max(iteration) FROM checkpoints WHERE run = r.key)`

const factsOf = ({ architecture, config, weights }: ModelLook) => ({
  architecture,
  parameters: weights?.parameters ?? null,
  context: config?.maxPositions ?? null,
})

function bundledItem(path: string): ModelItem {
  const look = lookAtModel(modelPath(path))
  const name = path.slice(path.indexOf(':') + 1)
  const { problem, bytes } = look
  return {
    id: path,
    name,
    path,
    kind: 'bundled',
    problem,
    ...factsOf(look),
    bytes,
    since: null,
    run: null,
    adapter: null,
  }
}

/** An adapter, from its config and the headers of its tensors; whether it fits depends on the model. */
function adapterItem({ id, name, path, addedAt }: LibraryEntry): ModelItem {
  const { value, problem } = sentenceOf(() => {
    const { dropout: _, ...adapter } = readPeftConfig(path)
    return { adapter, parameters: adapterParameters(path) }
  })
  const bytes = statSync(join(path, ADAPTER_WEIGHTS), { throwIfNoEntry: false })?.size ?? null
  const about = { parameters: value?.parameters ?? null, adapter: value?.adapter ?? null, problem }
  const none = { architecture: null, context: null, run: null }
  return { id, name, path, kind: 'adapter', ...about, ...none, bytes, since: addedAt }
}

function folderItem(entry: LibraryEntry): ModelItem {
  const { id, name, path, addedAt } = entry
  if (isAdapterFolder(path)) return adapterItem(entry)
  const look = lookAtModel(path)
  const { problem, bytes } = look
  return { id, name, path, kind: 'folder', problem, ...factsOf(look), bytes, since: addedAt, run: null, adapter: null }
}

/** Without its base model a run's model cannot be used, because a checkpoint contains only the trained weights. */
function lookAtBase(path: string): ModelLook | null {
  try {
    return lookAtModel(modelPath(path))
  } catch (error) {
    if (error instanceof GpoError) return null
    throw error
  }
}

const checkpointOf = ({ file }: Store, { id, path }: RunRow): string => join(runFolder(file, id), path)

function runItem(store: Store, row: RunRow): ModelItem {
  const base = lookAtBase(row.model)
  const checkpoint = checkpointOf(store, row)
  const gone = existsSync(join(checkpoint, 'manifest.json')) ? null : `Its checkpoint is no longer at ${checkpoint}.`
  const noBase =
    base?.problem === null ? null : `The model it started from cannot be used: ${base?.problem ?? row.model}`
  const { id, name, iteration, adaptation, objective, criticalStep, model, accuracy, bytes, since } = row
  const run = { id, name, iteration, adaptation, objective, criticalStep, base: model, accuracy }
  const facts = base ? factsOf(base) : { architecture: null, parameters: null, context: null }
  return {
    id: RUN + id,
    name,
    path: RUN + id,
    kind: 'run',
    problem: gone ?? noBase,
    ...facts,
    bytes,
    since,
    run,
    adapter: null,
  }
}

/** Of runs whose plan can be read: a checkpoint is nothing without the model it was trained from. */
function runRows(store: Store, id?: string): RunRow[] {
  const rows =
    id === undefined
      ? all<RunRow>(store, `${RUNS} ORDER BY r.created_at DESC`)
      : all<RunRow>(store, `${RUNS} AND r.id = ?`, id)
  const usable = new Set(listRuns(store).flatMap((run) => (run.planProblem === null ? [run.id] : [])))
  return rows.filter((row) => usable.has(row.id) && isCheckpointFolder(row.path))
}

/** Bundled ones first, then added ones, then runs; each group newest first. */
export const listModels = (store: Store): ModelItem[] => [
  ...bundledPaths('model').map(bundledItem),
  ...listEntries(store, 'model').map(folderItem),
  ...runRows(store).map((row) => runItem(store, row)),
]

/** @throws {GpoError} 'model' for a path that is not a model; an unusable model is listed with the reason */
export function addModel(store: Store, path: string): string {
  if (!isModel(path) && !isAdapterFolder(path)) throw noModel(path)
  return addEntry(store, 'model', basename(path) || path, path)
}

export interface FoundModel {
  /** Folder of the whole model, or of the one that a run started from. */
  readonly folder: string
  /** A run's checkpoint on top of it; null for a whole model. */
  readonly checkpoint: string | null
  /** An adapter on top of it. */
  readonly adapter?: string
  readonly item: ModelItem
}

/** A listed model by its id. @throws {GpoError} 'notFound' */
export function findModel(store: Store, id: string): FoundModel {
  if (isBundled(id)) return { folder: modelPath(id), checkpoint: null, item: bundledItem(id) }
  if (!id.startsWith(RUN)) {
    const entry = getEntry(store, 'model', id)
    return { folder: entry.path, checkpoint: null, item: folderItem(entry) }
  }
  const [row] = runRows(store, id.slice(RUN.length))
  if (!row) throw new GpoError('notFound', `${id} is not a run with a checkpoint: reload the list of models.`)
  const checkpoint = checkpointPath(store.file, row.id, row.path)
  return { folder: modelPath(row.model), checkpoint, item: runItem(store, row) }
}

/** A listed model by its name in plans. @throws {GpoError} 'usage' for a path that was not chosen here, 'notFound' */
export function findModelByPath(store: Store, path: string): Omit<FoundModel, 'item'> {
  if (path.startsWith(RUN)) return findModel(store, path)
  refuseUnknownPath(store, 'model', path, 'model')
  return modelInFolder(modelPath(path))
}
