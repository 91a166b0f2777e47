/** Everything before a run can start: checking its plan against model and data, and finding the checkpoint of a resumed one. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isModel, noModel } from '@main/formats/model-files'
import { latestCheckpoint, readCheckpoint } from '@main/formats/run-checkpoint'
import { holdOut } from '@main/library/datasets/hold-out'
import { judgedBy } from '@main/library/datasets/judged'
import { loadDataset } from '@main/library/datasets/load'
import { checkAdapterFits, otherBase } from '@main/library/models/adapter'
import { datasetPath, modelPath } from '@main/paths'
import { checkpointPath, ownRunFolder } from '@main/paths/run-folder'
import { forgetCheckpoints, insertCheckpoint, listCheckpoints } from '@main/store/checkpoints'
import { type Store, transaction } from '@main/store/query'
import { createRun, endRun, getRun, lastSeen, listRuns, newRunId, refuseReadOnly } from '@main/store/runs'
import { truncateAfter } from '@main/store/truncate'
import { EVALUATION_DATA, TRAINING_DATA } from '@shared/data-record'
import { GpoError } from '@shared/errors'
import { offlineUse, offlineUseOf } from '@shared/method/offline'
import { defaultName } from '@shared/plan/default-name'
import { type Dataset, type Example, recordKindOf } from '@shared/schemas/dataset'
import type { CheckpointRecord } from '@shared/schemas/events'
import type { DataFile, Plan } from '@shared/schemas/plan'
import type { RunRecord, RunSummary } from '@shared/schemas/run'
import { unrecordedCheckpoints } from './on-disk'
import { isAlive } from './process'
import { accountOf, type Rows, sharedWarnings } from './rows'

export interface RunInputs {
  readonly modelFolder: string
  readonly train: readonly Example[]
  readonly evaluation: readonly Example[]
  /** Sentences about omitted rows and columns. */
  readonly warnings: readonly string[]
  /** Which columns were read, for the run's record. */
  readonly record: Readonly<Record<string, string>>
}

async function loadRows(
  file: DataFile,
  { limit, isImitated = false, part }: { limit?: number; isImitated?: boolean; part?: string },
): Promise<Rows> {
  const path = datasetPath(file.path)
  const data = await loadDataset(path, { ...file, part: file.part ?? part, limit: limit ?? file.limit })
  const { badRowCount, badRows, unused, notes } = data
  const account = accountOf(data)
  const bad = `${badRowCount} of ${data.rows} rows cannot be used (first: line ${badRows[0]?.line}: ${badRows[0]?.reason}); the others are used`
  const warnings = [
    ...(badRowCount > 0 ? [bad] : []),
    ...(unused.length > 0 ? [`unused columns: ${unused.join(', ')}`] : []),
    ...notes,
  ].map((text) => `${path}: ${text}`)
  if (!isImitated) return { examples: data.examples, warnings, account }
  const { examples, left } = desirable(path, data)
  const warning = `${path}: ${left} completions are labelled undesirable and are not imitated`
  return { examples, warnings: left > 0 ? [...warnings, warning] : warnings, account }
}

/** Leaves out undesirable completions, which must not be imitated. @throws GpoError('data') if there are no others */
function desirable(path: string, data: Dataset): { readonly examples: readonly Example[]; readonly left: number } {
  const examples = data.kind === 'unpaired' ? data.examples.filter(({ label }) => label) : data.examples
  const left = data.examples.length - examples.length
  if (examples.length > 0) return { examples, left }
  throw new GpoError('data', `${path}: all ${left} completions are labelled undesirable, so there is none to imitate`)
}

function requireReferences(plan: Plan, examples: readonly Example[], path: string): void {
  const kind = recordKindOf(examples)
  if (plan.objective.kind === 'sft' || offlineUseOf(plan, kind)) return
  if (examples.some(({ reference }) => reference !== '')) return
  const direct = offlineUse(plan, kind)
  const cure = direct === null ? '' : `, or set gpo.criticalStep to none to train on its ${direct} directly`
  throw new GpoError(
    'data',
    `${path} has no reference answers, so rollouts cannot be judged: choose a dataset with prompts and answers, or map a column to "answer"${cure}`,
  )
}

/** Loads a plan's data. @throws GpoError naming what is wrong, before any process is started */
export async function loadInputs(plan: Plan): Promise<RunInputs> {
  const modelFolder = modelPath(plan.model.path)
  if (!isModel(modelFolder)) throw noModel(modelFolder)
  checkAdapterFits(plan, modelFolder)
  const otherModel = otherBase(plan, modelFolder)
  const all = await loadRows(plan.data.train, { isImitated: plan.objective.kind === 'sft' })
  requireReferences(plan, all.examples, plan.data.train.path)
  const { train, evaluation } = await withEvaluation(plan, all)
  return {
    modelFolder,
    train: train.examples.map((example) => judgedBy(plan.verifier, example)),
    evaluation: evaluation.examples.map((example) => judgedBy(plan.verifier, example)),
    warnings: [...(otherModel === null ? [] : [otherModel]), ...train.warnings, ...evaluation.warnings],
    record: {
      [TRAINING_DATA]: train.account,
      ...(evaluation.account === '' ? {} : { [EVALUATION_DATA]: evaluation.account }),
    },
  }
}

/** The evaluation rows: a file's, a held-out part of the training rows, or none. */
async function withEvaluation(plan: Plan, all: Rows): Promise<{ readonly train: Rows; readonly evaluation: Rows }> {
  const { eval: file, holdOut: share, holdOutSeed } = plan.data
  if (file) {
    const limit = Math.min(plan.evaluation.limit, file.limit ?? plan.evaluation.limit)
    const evaluation = await loadRows(file, { limit, part: 'evaluation' })
    return {
      train: all,
      evaluation: { ...evaluation, warnings: [...evaluation.warnings, ...sharedWarnings(all, evaluation)] },
    }
  }
  if (share === 0) return { train: all, evaluation: { examples: [], warnings: [], account: '' } }
  if (all.examples.every(({ reference }) => reference === '')) throw unjudged(plan)
  const { train, held } = holdOut(all.examples, share, holdOutSeed)
  const account = `${held.length} of ${all.examples.length} rows held out of the training data, with seed ${holdOutSeed}`
  const examples = held.slice(0, plan.evaluation.limit)
  return { train: { ...all, examples: train }, evaluation: { examples, warnings: [], account } }
}

const unjudged = ({ data }: Plan): GpoError =>
  new GpoError(
    'data',
    `data.holdOut is ${data.holdOut}, but ${data.train.path} has no reference answers to judge held-out rows by: set it to 0, or choose evaluation data with answers`,
  )

export function newRun(store: Store, plan: Plan): RunRecord {
  const id = newRunId()
  return createRun(store, { id, name: plan.name ?? defaultName(plan), plan })
}

/** Marks runs whose process is gone as interrupted. @returns their ids */
export function recoverInterrupted(store: Store): string[] {
  if (store.isReadOnly) return []
  return listRuns(store, { statuses: ['running'] }).flatMap(({ id, owner }) => {
    if (owner === null || isAlive(owner)) return []
    const error = {
      code: 'interrupted',
      message: `The program that ran it ended unexpectedly (process ${owner.pid}).`,
    }
    // It worked until it was last heard of, not until now.
    const end = lastSeen(store, id) ?? Date.now()
    return endRun(store, id, owner, { status: 'interrupted', error }, end) ? [id] : []
  })
}

interface Usable {
  readonly checkpoint: CheckpointRecord
  readonly isRecorded: boolean
  /** What is wrong with the skipped checkpoints. */
  readonly damaged: readonly string[]
}

/** The newest recorded checkpoint that is intact. */
function newestWhole(
  store: Store,
  run: RunRecord,
  recorded: readonly CheckpointRecord[],
  damaged: string[],
): CheckpointRecord | null {
  for (const checkpoint of recorded.toReversed()) {
    try {
      readCheckpoint(checkpointPath(store.file, run.id, checkpoint.path))
      return checkpoint
    } catch (error) {
      if (!(error instanceof GpoError)) throw error
      damaged.push(error.message)
    }
  }
  return null
}

export interface ResumeOptions {
  /** From the newest checkpoint on disk, though the database does not know it: records from just before it are missing. */
  readonly isFromDisk?: boolean | undefined
}

const MISSING = 'metrics and trajectories from just before it may be missing'

/** A person's choice. @throws GpoError('usage') if there is none, ('storage') if it is damaged */
function fromDisk(store: Store, run: RunRecord, unrecorded: CheckpointRecord | undefined): Usable {
  if (unrecorded === undefined) {
    const cure = 'resume it without asking for one'
    throw new GpoError('usage', `Run ${run.id} has no checkpoint on disk that the database does not know: ${cure}.`)
  }
  readCheckpoint(checkpointPath(store.file, run.id, unrecorded.path))
  const note = `resuming from the checkpoint of iteration ${unrecorded.iteration}, which was not recorded; ${MISSING}`
  return { checkpoint: unrecorded, isRecorded: false, damaged: [note] }
}

/** The newest checkpoint if no recorded one is intact. @param damaged what is wrong with those */
function lastResort(run: RunRecord, damaged: readonly string[]): Usable {
  const found = latestCheckpoint(run.folder)
  if (!found) {
    const cure = `restore ${run.folder}, or start a new run`
    const message = `none of the ${damaged.length} checkpoints of run ${run.id} can be used: ${cure} (${damaged[0]})`
    throw new GpoError('storage', message)
  }
  const note = `resuming from the checkpoint of iteration ${found.iteration}, which was not recorded; ${MISSING}`
  return { checkpoint: found, isRecorded: false, damaged: [...damaged, note] }
}

/**
 * The checkpoint from which a run resumes, or null if it has none yet. The trainer removes old checkpoints before it reports the new one. If it
 * ends in between, the new one is on disk but not recorded; unless a person wants it, it is used only if no recorded one is intact.
 * @throws GpoError('storage') when there were checkpoints and none can be used, so that the records are not discarded
 */
function findUsable(store: Store, run: RunRecord, { isFromDisk = false }: ResumeOptions): Usable | null {
  if (isFromDisk) return fromDisk(store, run, unrecordedCheckpoints(store, run.id).at(-1))
  const damaged: string[] = []
  const whole = newestWhole(store, run, listCheckpoints(store, run.id), damaged)
  if (whole) return { checkpoint: whole, isRecorded: true, damaged }
  return damaged.length === 0 ? null : lastResort(run, damaged)
}

/** Deletes the records after a checkpoint. @returns folders of checkpoints that are no longer needed */
function takeBack(store: Store, run: RunRecord, { checkpoint, isRecorded }: Usable): readonly string[] {
  return transaction(store, () => {
    const { checkpoints } = truncateAfter(store, run.id, checkpoint.iteration)
    const gone = listCheckpoints(store, run.id).filter(({ path }) => !existsSync(join(run.folder, path)))
    const removed = gone.map(({ path }) => path)
    if (isRecorded) forgetCheckpoints(store, run.id, removed)
    else insertCheckpoint(store, run.id, { ...checkpoint, removed })
    return checkpoints
  })
}

function removeCheckpoints(folder: string | null, paths: readonly string[]): void {
  if (folder === null) return
  for (const path of paths) rmSync(join(folder, path), { recursive: true, force: true })
}

export interface Resumption {
  readonly run: RunRecord
  /** Null: no checkpoint, so the run starts over. */
  readonly resumeFrom: string | null
  readonly iteration: number
  /** Sentences on skipped checkpoints (newer ones were removed) and on records that are missing as a result. */
  readonly damaged: readonly string[]
}

/**
 * Resets a run to its newest usable checkpoint; later iterations will be recorded again.
 * @throws GpoError('usage') when it is completed or running, ('storage') when its checkpoints cannot be used; then nothing was changed
 */
export function prepareResume(store: Store, id: string, options: ResumeOptions = {}): Resumption {
  refuseReadOnly(store, id)
  const run = getRun(store, id)
  if (run.status === 'completed')
    throw new GpoError(
      'usage',
      `run ${id} is completed (${run.iterations} iterations): start a new one with more iterations`,
    )
  if (run.status === 'running')
    throw new GpoError('usage', `run ${id} is running, in process ${run.owner?.pid}: stop it there first`)
  const folder = ownRunFolder(store.file, id)
  const usable = findUsable(store, run, options)
  if (usable === null) {
    truncateAfter(store, id, -1)
    return { run: getRun(store, id), resumeFrom: null, iteration: 0, damaged: [] }
  }
  removeCheckpoints(folder, takeBack(store, run, usable))
  const { checkpoint, damaged } = usable
  return {
    run: getRun(store, id),
    resumeFrom: join(run.folder, checkpoint.path),
    iteration: checkpoint.iteration,
    damaged,
  }
}

/** A run by id, the beginning of an id, name, or `last`. @throws GpoError('notFound') */
export function resolveRun(store: Store, wanted: string): RunSummary {
  const runs = listRuns(store)
  const newest = runs[0]
  if (wanted === 'last' && newest) return newest
  const exact = runs.find(({ id }) => id === wanted)
  if (exact) return exact
  const matches = wanted === '' ? [] : runs.filter(({ id, name }) => id.startsWith(wanted) || name === wanted)
  if (matches.length === 1) return matches[0]!
  if (matches.length > 1) {
    throw new GpoError(
      'notFound',
      `"${wanted}" matches ${matches.length} runs: ${matches
        .slice(0, 5)
        .map(({ id }) => id)
        .join(', ')}; give more characters of the id`,
    )
  }
  throw new GpoError('notFound', `there is no run "${wanted}" in ${store.file}: \`gpo runs\` lists them`)
}
