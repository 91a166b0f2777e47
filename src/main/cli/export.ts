/** `gpo export` and `gpo import`. */
import { rmSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { exportCheckpoints, exportRun as performExport } from '@main/export/export-run'
import { partialOf } from '@main/export/folder'
import { importBundle } from '@main/export/import-bundle'
import { isModel } from '@main/formats/model-files'
import { isAdapterFolder } from '@main/library/models/adapter'
import { databaseFile } from '@main/paths'
import { loadInputs, resolveRun } from '@main/runs/prepare'
import { listEvaluations } from '@main/store/evaluations'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { getRun } from '@main/store/runs'
import { countTrajectories } from '@main/store/trajectories'
import { runJob } from '@main/workers/job-client'
import { bestEvaluation } from '@shared/best-evaluation'
import { EXPORT_FORMATS, type ExportRequest } from '@shared/contract/exports'
import { GpoError } from '@shared/errors'
import packageJson from '../../../package.json'
import { findModel, openRunsOf } from './model'
import { formatBytes, type Output } from './output'
import { createProgress } from './progress'
import { BUNDLE_WORKER, JOB_WORKER } from './workers'

export interface ExportFlags {
  readonly db?: string
  readonly out: string
  readonly format: string
  readonly dtype: 'F32' | 'F16' | 'BF16' | 'Q8_0'
  readonly checkpoint: string
  readonly states: 'critical' | 'all'
  readonly perState: number
  readonly source: 'recorded' | 'saved' | 'both'
}

/** Seconds between progress lines when standard error is not a terminal. */
const QUIET = 10

/** Shows progress on standard error; Ctrl-C ends the work and leaves no files. */
async function withProgress<T>(
  work: (signal: AbortSignal, onProgress: (label: string, done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const progress = createProgress()
  const abort = new AbortController()
  const onSignal = () => abort.abort()
  process.on('SIGINT', onSignal)
  const begin = performance.now()
  try {
    return await work(abort.signal, (label, done, total) => {
      const seconds = (performance.now() - begin) / 1000
      if (process.stderr.isTTY || seconds > QUIET) progress.show(label, done, total, 0, seconds)
    })
  } finally {
    process.off('SIGINT', onSignal)
    progress.end()
  }
}

/** The iteration that `last`, `best` or a number means. */
function chosenCheckpoint(store: Store, run: string, wanted: string): number {
  const checkpoints = exportCheckpoints(store, run)
  const found = checkpoints.find(
    ({ iteration, isLast, isBest }) =>
      (wanted === 'last' && isLast) || (wanted === 'best' && isBest) || wanted === String(iteration),
  )
  if (found) return found.iteration
  if (checkpoints.length === 0) throw new GpoError('notFound', `run ${run} has no checkpoint yet: resume it first`)
  const known = checkpoints.map(({ iteration }) => iteration).join(', ')
  const best = bestEvaluation(listEvaluations(store, run))
  const ofBest = best
    ? `its best evaluation is of iteration ${best.iteration}, whose checkpoint was not kept`
    : 'it was not evaluated'
  const why = wanted === 'best' ? ofBest : `there is no checkpoint ${wanted}`
  throw new GpoError('notFound', `run ${run}: ${why}; choose last, or one of ${known}`)
}

function requestOf(store: Store, run: string, flags: ExportFlags): ExportRequest {
  const { dtype, states, perState, source } = flags
  const format = EXPORT_FORMATS.find((one) => one === flags.format)
  switch (format) {
    case 'gguf':
      return { format, dtype, checkpoint: chosenCheckpoint(store, run, flags.checkpoint) }
    case 'safetensors':
    case 'adapter':
    case 'gguf-adapter':
      if (dtype === 'Q8_0')
        throw new GpoError('usage', '--dtype Q8_0 exists only in GGUF files of whole models: use it with --format gguf')
      return { format, dtype, checkpoint: chosenCheckpoint(store, run, flags.checkpoint) }
    case 'pairs':
    case 'trl':
    case 'cluster':
      return { format, states, perState, source }
    case 'unpaired':
      return { format, states }
    case 'stepwise':
    case 'tensorboard':
    case 'collection':
    case 'bundle':
      return { format }
    case undefined:
      throw new GpoError('usage', `--format ${flags.format} is not known; the formats are ${EXPORT_FORMATS.join(', ')}`)
  }
}

/** What a model's or adapter's folder, or a GGUF file, can be made into without a run. */
const LAYOUTS = { safetensors: 'merged', gguf: 'gguf', 'gguf-adapter': 'gguf-adapter' } as const
const isLayout = (format: string): format is keyof typeof LAYOUTS => Object.hasOwn(LAYOUTS, format)

/** Exports a model's folder instead of a run: its weights in another dtype or container. */
async function exportFolder(
  wanted: string,
  format: keyof typeof LAYOUTS,
  flags: ExportFlags,
  output: Output,
): Promise<number> {
  const { source } = findModel(wanted, flags.db)
  const out = resolve(flags.out)
  const partial = partialOf(out)
  const { dtype } = flags
  try {
    const result = await withProgress((signal, onProgress) =>
      runJob({
        workerPath: JOB_WORKER,
        job: {
          kind: 'export',
          model: source,
          backend: 'auto',
          layout: LAYOUTS[format],
          name: basename(wanted),
          out,
          partial,
          dtype,
        },
        signal,
        onProgress: ({ label, done, total }) => onProgress(label, done, total),
      }),
    )
    output.json(result)
    output.line(
      `${result.tensors} tensors, ${formatBytes(result.bytes)} in ${result.out}; read back, the largest difference is ${result.maxDifference}`,
    )
    return 0
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
}

const isModelFolder = (wanted: string) =>
  wanted.startsWith('bundled:') || isModel(resolve(wanted)) || isAdapterFolder(resolve(wanted))

export async function exportRun(wanted: string, flags: ExportFlags, output: Output): Promise<number> {
  if (isLayout(flags.format) && isModelFolder(wanted)) return exportFolder(wanted, flags.format, flags, output)
  const store = openRunsOf(wanted, flags.db)
  try {
    const run = getRun(store, resolveRun(store, wanted).id)
    const request = requestOf(store, run.id, flags)
    const outcome = await withProgress((signal, onProgress) =>
      performExport(
        {
          store,
          run,
          out: resolve(flags.out),
          replaces: false,
          trajectories: countTrajectories(store, run.id),
          version: packageJson.version,
          workerPath: JOB_WORKER,
          readRows: loadInputs,
          signal,
          onProgress,
        },
        request,
      ),
    )
    const tensors = outcome.unit === 'tensors' ? { tensors: outcome.count } : {}
    output.json({ run: run.id, format: request.format, ...outcome, ...tensors })
    output.line(
      `${outcome.count.toLocaleString('en')} ${outcome.unit}, ${formatBytes(outcome.bytes)} in ${outcome.out}`,
    )
    output.line(outcome.verified)
    for (const { text, code } of outcome.next) {
      output.line()
      output.line(`${text}:`)
      for (const line of code.split('\n')) output.line(`  ${line}`)
    }
    return 0
  } finally {
    store.close()
  }
}

export async function importFile(file: string, { db }: { readonly db?: string }, output: Output): Promise<number> {
  const store = openStore(databaseFile(db))
  try {
    const imported = await withProgress((signal, onProgress) =>
      importBundle({ store, path: resolve(file), apart: { workerPath: BUNDLE_WORKER }, signal, onProgress }),
    )
    output.json(imported)
    const { id, name, trajectories } = imported
    output.line(`run ${id}: ${name}, ${trajectories.toLocaleString('en')} trajectories, read-only`)
    output.line(`look at it: gpo show ${id}${db ? ` --db ${db}` : ''}`)
    return 0
  } finally {
    store.close()
  }
}
