/** An export of a run: the available formats, the size, and the export itself. Work on tensors is a job in a separate process. */
import { existsSync, rmSync, statfsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { readModelConfig } from '@main/formats/model-config'
import { modelFiles } from '@main/formats/model-files'
import { modelPath } from '@main/paths'
import { checkpointPath } from '@main/paths/run-folder'
import { listCheckpoints } from '@main/store/checkpoints'
import { listEvaluations } from '@main/store/evaluations'
import type { Store } from '@main/store/query'
import { getRun } from '@main/store/runs'
import { countSavedPairs } from '@main/store/saved-pairs'
import { countTrajectories } from '@main/store/trajectories'
import { runJob } from '@main/workers/job-client'
import { bestEvaluation, type Measured } from '@shared/best-evaluation'
import {
  type Destination,
  type ExportCheckpoint,
  type ExportFormat,
  type ExportOptions,
  type ExportOutcome,
  type ExportPreview,
  type ExportRequest,
  type ExportRequestOf,
  FOLDER_FORMATS,
} from '@shared/contract/exports'
import { GpoError } from '@shared/errors'
import { isGuidedMethod, isTraining } from '@shared/method/guided'
import type { RunRecord } from '@shared/schemas/run'
import { cardBase } from './card-base'
import { exportCluster } from './cluster/folder'
import { exportCollection } from './collection/export'
import type { ExportContext, WrittenExport } from './context'
import { isDataRequest } from './data'
import { exportBundle, exportData, publishFile, refuseExisting } from './export-file'
import { partialOf, refuseOccupied } from './folder'
import { ggufAdapterSize } from './gguf/adapter'
import { ggufSize } from './gguf/export'
import { modelCard } from './model-card'
import { nextSteps } from './next-steps'
import { bundlePreview, dataPreview } from './preview'
import { adapterSize, mergedSize, type Size } from './sizes'
import { exportTensorboard, tensorboardSize } from './tensorboard/export'
import { companionBytes, exportTrl, pairsRequest } from './trl-folder'
import { refuseConfigs, writeConfigs } from './write-configs'

const LAYOUTS = { safetensors: 'merged', adapter: 'adapter', gguf: 'gguf', 'gguf-adapter': 'gguf-adapter' } as const
type TensorRequest = ExportRequestOf<keyof typeof LAYOUTS>

const hasTensors = (request: ExportRequest): request is TensorRequest => Object.hasOwn(LAYOUTS, request.format)

/** Oldest first. */
export function exportCheckpoints(store: Store, run: string): ExportCheckpoint[] {
  const evaluations = listEvaluations(store, run)
  const best = bestEvaluation(evaluations)
  const kept = listCheckpoints(store, run)
  return kept.map(({ iteration, bytes }) => {
    const found = evaluations.find((one) => one.iteration === iteration)
    return {
      iteration,
      bytes,
      evaluation: measured(found ?? null),
      isLast: iteration === kept.at(-1)?.iteration,
      isBest: iteration === best?.iteration,
    }
  })
}

function refusedFormats(run: RunRecord, options: Omit<ExportOptions, 'refused'>): ExportOptions['refused'] {
  const { checkpoints, adaptation, trajectories, savedPairs, isGuided } = options
  const refused: Partial<Record<ExportFormat, string>> = {}
  if (checkpoints.length === 0) {
    const why = run.isReadOnly ? 'A bundle holds no weights.' : 'The run has no checkpoint yet.'
    refused.safetensors = why
    refused.gguf = why
    refused.adapter = why
    refused['gguf-adapter'] = why
  }
  if (adaptation === 'full') {
    const why = 'The run trained every weight: there is no adapter.'
    refused.adapter = why
    refused['gguf-adapter'] = why
  }
  if (!isTraining(run.plan)) {
    const why = 'The run trained nothing: its model is the one it began with.'
    for (const format of ['safetensors', 'gguf', 'adapter', 'gguf-adapter'] as const) refused[format] = why
    refused.cluster =
      'The run trained nothing that could be continued: its pairs are a folder for TRL, its records a collection.'
  }
  if (trajectories === 0) refused.unpaired = 'The run has no trajectories.'
  if (trajectories === 0) refused.collection = 'The run has no trajectories.'
  if (trajectories === 0 && savedPairs === 0) {
    refused.pairs = 'The run has no trajectories, and no pair was saved.'
    refused.trl = refused.pairs
  }
  if (run.isReadOnly) refused.cluster = 'A bundle has neither the model nor the data of its run.'
  if (trajectories === 0 || !isGuided) refused.stepwise = 'The run estimated no step values: it did not use GPO.'
  return refused
}

const measured = (one: Measured | null): Measured | null =>
  one && { iteration: one.iteration, correct: one.correct, n: one.n }

/** @throws GpoError('notFound') */
export function exportOptions(store: Store, id: string): ExportOptions {
  const run = getRun(store, id)
  const options = {
    checkpoints: exportCheckpoints(store, id),
    best: measured(bestEvaluation(listEvaluations(store, id))),
    adaptation: run.plan.adaptation.kind,
    isGuided: isGuidedMethod(run),
    trajectories: countTrajectories(store, id),
    savedPairs: countSavedPairs(store, id),
  }
  return { ...options, refused: refusedFormats(run, options) }
}

function refuse(store: Store, run: string, { format }: ExportRequest): void {
  const reason = exportOptions(store, run).refused[format]
  if (reason !== undefined) throw new GpoError('usage', `Run ${run} cannot be exported as ${format}. ${reason}`)
}

/** Reads all trajectories for formats made of them. @throws GpoError('usage') for a format that is not available */
export async function previewExport(
  store: Store,
  id: string,
  request: ExportRequest,
  signal?: AbortSignal,
  version = '',
): Promise<ExportPreview> {
  refuse(store, id, request)
  if (isDataRequest(request)) return dataPreview(store, id, request, signal)
  const run = getRun(store, id)
  if (request.format === 'trl') {
    const pairs = await dataPreview(store, id, pairsRequest(request), signal)
    return { ...pairs, bytes: pairs.bytes + companionBytes({ run }) }
  }
  if (request.format === 'cluster') {
    const pairs = await dataPreview(store, id, { ...request, format: 'pairs' }, signal)
    return { ...pairs, isExact: false }
  }
  if (request.format === 'tensorboard') {
    const { bytes, points } = tensorboardSize(store, run)
    return { bytes, isExact: true, count: points, unit: 'points', sample: null }
  }
  if (!hasTensors(request)) return bundlePreview(store, id)
  const size = sizeOf(run, request)
  const card = cardOf(store, run, request, version)
  return {
    bytes: size.bytes + Buffer.byteLength(card ?? ''),
    isExact: true,
    count: size.tensors,
    unit: 'tensors',
    sample: null,
  }
}

function sizeOf({ name, plan: { model, adaptation } }: RunRecord, request: TensorRequest): Size {
  const sourceFolder = modelPath(model.path)
  if (request.format === 'gguf') return ggufSize({ sourceFolder, name, type: request.dtype })
  if (request.format === 'safetensors' || adaptation.kind === 'full') return mergedSize(sourceFolder, request.dtype)
  if (request.format === 'adapter') return adapterSize(sourceFolder, adaptation, request.dtype)
  return ggufAdapterSize({ config: readModelConfig(sourceFolder), name, adaptation, type: request.dtype })
}

/** The README of a merged model. */
function cardOf(store: Store, run: RunRecord, request: TensorRequest, version: string): string | undefined {
  if (request.format !== 'safetensors') return undefined
  const { environment, plan } = run
  const about = { run, environment, evaluations: listEvaluations(store, run.id), version }
  return modelCard({ ...about, iteration: request.checkpoint, dtype: request.dtype, base: cardBase(plan.model.path) })
}

function freeBytes(path: string): number | null {
  let folder = dirname(path)
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return null
  }
}

/** Checks whether an export can be written to a path. */
export function destinationOf(path: string, format: ExportFormat): Destination {
  let problem: string | null = null
  try {
    if (FOLDER_FORMATS.includes(format)) refuseOccupied(path)
    else refuseExisting(path, true)
  } catch (error) {
    if (!(error instanceof GpoError)) throw error
    problem = error.message
  }
  const isReplacing = problem === null && !FOLDER_FORMATS.includes(format) && existsSync(path)
  return { path, isReplacing, freeBytes: freeBytes(path), problem }
}

const shown = (difference: number) => (difference === 0 ? '0' : difference.toExponential(1))

/** @param target where the job writes: the place itself, or a file that will replace what is there */
async function runExportJob(context: ExportContext, request: TensorRequest, target: string): Promise<WrittenExport> {
  const { store, run, workerPath, fork, signal, onProgress } = context
  const checkpoint = listCheckpoints(store, run.id).find(({ iteration }) => iteration === request.checkpoint)
  if (!checkpoint) throw new GpoError('notFound', `Run ${run.id} has no checkpoint of iteration ${request.checkpoint}.`)
  const partial = partialOf(target)
  try {
    const { bytes, tensors, maxDifference, maxMergedDifference } = await runJob({
      workerPath,
      fork,
      signal,
      job: {
        kind: 'export',
        model: {
          folder: modelPath(run.plan.model.path),
          checkpoint: checkpointPath(store.file, run.id, checkpoint.path),
        },
        backend: run.plan.backend,
        layout: LAYOUTS[request.format],
        name: run.name,
        out: target,
        partial,
        dtype: request.dtype,
        card: cardOf(store, run, request, context.version),
      },
      onProgress: ({ label, done, total }) => onProgress(label, done, total),
    })
    const merged =
      maxMergedDifference === undefined
        ? ''
        : ` Merged into the base model, the largest difference in a weight is ${shown(maxMergedDifference)}.`
    const verified = `Read back: ${tensors} tensors; the largest difference from the weights in memory is ${shown(maxDifference)}.${merged}`
    return { bytes, count: tensors, unit: 'tensors', maxDifference, verified }
  } finally {
    rmSync(partial, { recursive: true, force: true }) // left by a process that was ended
  }
}

function exportTensors(context: ExportContext, request: TensorRequest): Promise<WrittenExport> {
  const { run, out, replaces } = context
  if (FOLDER_FORMATS.includes(request.format)) return runExportJob(context, request, out)
  if (modelFiles(modelPath(run.plan.model.path)).includes(resolve(out)))
    throw new GpoError('usage', `${out} belongs to the base model: choose another name`)
  return publishFile(out, replaces, (file) => runExportJob(context, request, file))
}

/** @throws GpoError saying what is wrong, ('interrupted') after `signal`; then nothing is left behind */
export async function exportRun(context: ExportContext, request: ExportRequest): Promise<ExportOutcome> {
  const { store, run, out } = context
  refuse(store, run.id, request)
  refuseConfigs(context, request.format)
  const write = () => {
    if (hasTensors(request)) return exportTensors(context, request)
    if (request.format === 'trl') return exportTrl(context, request)
    if (request.format === 'cluster') return exportCluster(context, request)
    if (request.format === 'tensorboard') return exportTensorboard(context)
    if (request.format === 'collection') return exportCollection(context)
    return isDataRequest(request) ? exportData(context, request) : exportBundle(context)
  }
  const written = await write()
  const trainers = writeConfigs(context, request.format)
  const { plan } = run
  const base = plan.model.path.startsWith('bundled:') ? modelPath(plan.model.path) : plan.model.path
  const data = plan.data.eval?.path ?? plan.data.train.path
  return { ...written, out, next: [...nextSteps(request.format, { out, base, data, run: run.id }), ...trainers] }
}
