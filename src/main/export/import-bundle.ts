/** Imports a run bundle into the store as a read-only run, completely or not at all. */
import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { insertEvaluation } from '@main/store/evaluations'
import { createImportedRun, type ImportedRun, showImportedRun } from '@main/store/imported-runs'
import { insertMetrics } from '@main/store/metrics'
import { insertProbes } from '@main/store/probes'
import { type Store, transaction } from '@main/store/query'
import { deleteRun, newRunId } from '@main/store/runs'
import { insertTrajectories } from '@main/store/trajectories'
import type { ImportOutcome } from '@shared/contract/exports'
import { GpoError } from '@shared/errors'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import type { Manifest } from './bundle-format'
import { type BundleProcessOptions, readBundleApart } from './bundle-process/client'
import type { ProbesRecord, SeriesRecord } from './bundle-records'
import { type BundlePart, type BundleReader, readBundle } from './read-bundle'
import { breath, refuseStopped } from './read-run'

/** The tag of imported runs. */
export const IMPORTED_TAG = 'imported'
const MAX_TAGS = 50
/** Rows written between two pauses for other work of the program. */
const BATCH = 50

export interface BundleImport {
  readonly store: Store
  readonly path: string
  /** The process that reads it; without it that is done here, which is for files of our own. */
  readonly apart?: BundleProcessOptions | undefined
  readonly signal?: AbortSignal
  readonly onProgress?: (label: string, done: number, total: number) => void
}

/** A run that was still in progress counts as stopped when the bundle was made. */
function endOf({ status, error }: Manifest['run']): Pick<ImportedRun, 'status' | 'error'> {
  if (status !== 'running' && status !== 'queued') return { status, error }
  return {
    status: 'interrupted',
    error: { code: 'interrupted', message: 'The run was still in progress when this bundle was made.' },
  }
}

function newImportedRun({ manifest, plan, environment }: BundleReader): ImportedRun {
  const { run, program, writtenAt } = manifest
  const { name, createdAt, startedAt, endedAt, iteration, tags } = run
  const id = newRunId()
  const origin = `Imported from a bundle of run ${run.id}, written on ${new Date(writtenAt).toISOString().slice(0, 10)} by GPO Studio ${program}.`
  return {
    id,
    name,
    plan,
    ...endOf(run),
    createdAt,
    startedAt,
    endedAt,
    iteration,
    environment,
    note: run.note === '' ? origin : `${origin}\n\n${run.note}`,
    tags: [...new Set([IMPORTED_TAG, ...tags])].slice(0, MAX_TAGS),
  }
}

/** Refuses a bundle that may fill the disk. */
function refuseTooLarge(store: Store, { files }: Manifest): void {
  const needed = files.reduce((sum, { unpacked }) => sum + unpacked, 0)
  const { bavail, bsize } = statfsSync(dirname(store.file))
  if (needed < bavail * bsize) return
  const sizes = `${needed.toLocaleString('en')} bytes, the disk of ${store.file} has ${(bavail * bsize).toLocaleString('en')} left`
  throw new GpoError('storage', `The bundle may take ${sizes}: free some space.`)
}

async function insertSeries(store: Store, run: string, series: readonly SeriesRecord[]): Promise<void> {
  for (const { name, iterations, values } of series) {
    insertMetrics(
      store,
      run,
      iterations.map((iteration, i) => ({ iteration, values: { [name]: values[i]! } })),
    )
    await breath()
  }
}

const insertAnswers = (store: Store, run: string, answers: readonly ProbesRecord[]): void =>
  transaction(store, () => {
    for (const one of answers) insertProbes(store, run, one)
  })

async function insertAll(
  store: Store,
  run: string,
  trajectories: readonly TrajectoryRecord[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let at = 0; at < trajectories.length; at += BATCH) {
    refuseStopped(signal)
    insertTrajectories(store, run, trajectories.slice(at, at + BATCH))
    await breath()
  }
}

async function fill(options: BundleImport, reader: BundleReader, run: string): Promise<void> {
  const { store, signal, onProgress } = options
  const total = reader.manifest.counts.trajectories
  let done = 0
  const take = async (part: BundlePart) => {
    if (part.kind === 'metrics') return insertSeries(store, run, part.series)
    if (part.kind === 'probes') return insertAnswers(store, run, part.answers)
    await insertAll(store, run, part.trajectories, signal)
    done += part.trajectories.length
  }
  transaction(store, () => {
    for (const evaluation of reader.evaluations) insertEvaluation(store, run, evaluation)
  })
  for await (const part of reader.parts()) {
    refuseStopped(signal)
    await take(part)
    onProgress?.('reading the bundle', done, total)
  }
}

/**
 * @returns the new run
 * @throws GpoError('data') naming the problem of the file, ('interrupted') after `signal`, ('storage'); then nothing of it is kept
 */
export async function importBundle(options: BundleImport): Promise<ImportOutcome> {
  const { store, path, apart } = options
  const reader = await (apart ? readBundleApart(path, apart) : readBundle(path))
  try {
    refuseTooLarge(store, reader.manifest)
    const { id, name } = createImportedRun(store, newImportedRun(reader))
    try {
      await fill(options, reader, id)
    } catch (error) {
      deleteRun(store, id)
      throw error
    }
    showImportedRun(store, id)
    return { id, name, trajectories: reader.manifest.counts.trajectories }
  } finally {
    await reader.close()
  }
}
