/** Everything before a run can start: checking its plan against model and data, and finding where a resumed one goes on. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readCheckpoint } from '@engine/checkpoint/run-checkpoint'
import { loadDataset } from '@main/library/datasets/load'
import { datasetPath, modelPath, runFolder } from '@main/paths'
import { listCheckpoints } from '@main/store/checkpoints'
import type { Store } from '@main/store/query'
import { createRun, endRun, getRun, listRuns, newRunId } from '@main/store/runs'
import { truncateAfter } from '@main/store/truncate'
import { GpoError } from '@shared/errors'
import type { Example } from '@shared/schemas/dataset'
import type { DataFile, Plan } from '@shared/schemas/plan'
import type { RunRecord, RunSummary } from '@shared/schemas/run'
import { isAlive } from './process'

export interface RunInputs {
  readonly modelFolder: string
  readonly train: readonly Example[]
  readonly evaluation: readonly Example[]
  /** Sentences about what was left out. */
  readonly warnings: readonly string[]
}

async function loadRows(file: DataFile, limit?: number): Promise<{ examples: readonly Example[]; warnings: string[] }> {
  const path = datasetPath(file.path)
  const data = await loadDataset(path, { columns: file.columns, limit: limit ?? file.limit })
  const { badRowCount, badRows } = data
  const warnings =
    badRowCount > 0
      ? [
          `${path}: ${badRowCount} of ${data.rows} rows cannot be used (first: line ${badRows[0]?.line}: ${badRows[0]?.reason}); the others are used`,
        ]
      : []
  return { examples: data.examples, warnings }
}

function requireReferences(plan: Plan, examples: readonly Example[], path: string): void {
  if (plan.objective.kind === 'sft' || examples.some(({ reference }) => reference !== '')) return
  throw new GpoError(
    'data',
    `${path} has no reference answers, so rollouts cannot be judged: choose a dataset with prompts and answers, or map a column to "answer"`,
  )
}

/** Loads a plan's data. @throws GpoError naming what is wrong, before any process is started */
export async function loadInputs(plan: Plan): Promise<RunInputs> {
  const modelFolder = modelPath(plan.model.path)
  if (!existsSync(join(modelFolder, 'config.json'))) {
    throw new GpoError(
      'model',
      `${modelFolder} has no config.json: model.path must be a folder in Hugging Face layout or bundled:NAME`,
    )
  }
  const train = await loadRows(plan.data.train)
  requireReferences(plan, train.examples, plan.data.train.path)
  const evaluation = plan.data.eval
    ? await loadRows(plan.data.eval, Math.min(plan.evaluation.limit, plan.data.eval.limit ?? plan.evaluation.limit))
    : { examples: [], warnings: [] }
  return {
    modelFolder,
    train: train.examples,
    evaluation: evaluation.examples,
    warnings: [...train.warnings, ...evaluation.warnings],
  }
}

function defaultName({ objective, gpo, data, model }: Plan): string {
  const guided = gpo.criticalStep !== 'none' && objective.kind !== 'sft' ? `gpo-${objective.kind}` : objective.kind
  const short = (path: string) =>
    path
      .replace(/^bundled:/, '')
      .split('/')
      .filter(Boolean)
      .at(-1)
      ?.replace(/\.[a-z]+$/, '') ?? path
  return `${guided} · ${short(data.train.path)} · ${short(model.path)}`
}

export function newRun(store: Store, plan: Plan): RunRecord {
  const id = newRunId()
  return createRun(store, { id, name: plan.name ?? defaultName(plan), plan, folder: runFolder(store.file, id) })
}

/** Marks runs whose process is gone as interrupted. @returns their ids */
export function recoverInterrupted(store: Store): string[] {
  return listRuns(store, { statuses: ['running'] }).flatMap(({ id, owner }) => {
    if (owner === null || isAlive(owner)) return []
    const error = {
      code: 'interrupted',
      message: `The program that drove this run ended without saying so (process ${owner.pid}).`,
    }
    return endRun(store, id, owner, { status: 'interrupted', error }) ? [id] : []
  })
}

interface Usable {
  readonly checkpoint: { readonly iteration: number; readonly folder: string } | null
  /** What is wrong with those that are newer. */
  readonly damaged: readonly string[]
}

/** The newest checkpoint that is whole; damaged ones are passed over. */
function newestUsable(store: Store, run: RunRecord): Usable {
  const damaged: string[] = []
  for (const { iteration, path } of listCheckpoints(store, run.id).toReversed()) {
    const folder = join(run.folder, path)
    try {
      readCheckpoint(folder)
      return { checkpoint: { iteration, folder }, damaged }
    } catch (error) {
      if (!(error instanceof GpoError)) throw error
      damaged.push(error.message)
    }
  }
  return { checkpoint: null, damaged }
}

export interface Resumption {
  readonly run: RunRecord
  /** Null: no checkpoint, so the run begins again. */
  readonly resumeFrom: string | null
  readonly iteration: number
  /** What is wrong with newer checkpoints, which were removed. */
  readonly damaged: readonly string[]
}

/** Takes a run back to its newest usable checkpoint; what was recorded after it will be recorded again. */
export function prepareResume(store: Store, id: string): Resumption {
  const run = getRun(store, id)
  if (run.status === 'completed')
    throw new GpoError(
      'usage',
      `run ${id} is completed (${run.iterations} iterations): start a new one with more iterations`,
    )
  if (run.status === 'running')
    throw new GpoError('usage', `run ${id} is running, in process ${run.owner?.pid}: stop it there first`)
  const { checkpoint, damaged } = newestUsable(store, run)
  const { checkpoints } = truncateAfter(store, id, checkpoint?.iteration ?? -1)
  for (const path of checkpoints) rmSync(join(run.folder, path), { recursive: true, force: true })
  const { folder = null, iteration = 0 } = checkpoint ?? {}
  return { run: getRun(store, id), resumeFrom: folder, iteration, damaged }
}

/** A run by id, the beginning of an id, name, or `last`. @throws GpoError('notFound') */
export function resolveRun(store: Store, wanted: string): RunSummary {
  const runs = listRuns(store)
  const newest = runs[0]
  if (wanted === 'last' && newest) return newest
  const exact = runs.find(({ id }) => id === wanted)
  if (exact) return exact
  const matches = runs.filter(({ id, name }) => id.startsWith(wanted) || name === wanted)
  if (matches.length === 1) return matches[0]!
  if (matches.length > 1) {
    throw new GpoError(
      'notFound',
      `"${wanted}" fits ${matches.length} runs: ${matches
        .slice(0, 5)
        .map(({ id }) => id)
        .join(', ')}; give more of the id`,
    )
  }
  throw new GpoError('notFound', `there is no run "${wanted}" in ${store.file}: \`gpo runs\` lists them`)
}
