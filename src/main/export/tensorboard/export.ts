/** A run's metrics and accuracies as an event file in a folder, for `tensorboard --logdir`. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeDurably } from '@main/formats/atomic'
import { listEvaluations } from '@main/store/evaluations'
import { metricSummaries, readSeries } from '@main/store/metrics'
import type { Store } from '@main/store/query'
import { GpoError } from '@shared/errors'
import type { MetricName } from '@shared/metrics'
import type { RunRecord } from '@shared/schemas/run'
import type { ExportContext, WrittenExport } from '../context'
import { fillFolder } from '../folder'
import { readRecords, recordOf, type Scalars, scalarEvent, versionEvent } from './records'

const STEP_TIME: MetricName = 'step_time'

/** As TRL and Transformers name evaluations. */
const ACCURACY = 'eval/accuracy'

/** All values by iteration, ascending, at the time at which the iteration ended: start and summed `step_time`. */
export function scalarsOf(store: Store, { id, startedAt, createdAt }: RunRecord): Scalars[] {
  const byStep = new Map<number, Record<string, number>>()
  const at = (step: number) => {
    const values = byStep.get(step) ?? {}
    byStep.set(step, values)
    return values
  }
  for (const { name } of metricSummaries(store, id)) {
    const { iterations, values } = readSeries(store, id, name)
    iterations.forEach((step, i) => {
      at(step)[name] = values[i]!
    })
  }
  for (const { iteration, accuracy } of listEvaluations(store, id)) at(iteration)[ACCURACY] = accuracy
  let seconds = (startedAt ?? createdAt) / 1000
  return [...byStep]
    .sort(([a], [b]) => a - b)
    .map(([step, values]) => {
      seconds += values[STEP_TIME] ?? 0
      return { step, seconds, values }
    })
}

const pointsOf = (all: readonly Scalars[]) => all.reduce((sum, { values }) => sum + Object.keys(values).length, 0)

const fileName = ({ id, startedAt, createdAt }: RunRecord) =>
  `events.out.tfevents.${Math.floor((startedAt ?? createdAt) / 1000)}.gpo-${id}`

function recordsOf(run: RunRecord, all: readonly Scalars[]): Uint8Array[] {
  const begin = (run.startedAt ?? run.createdAt) / 1000
  return [versionEvent(begin), ...all.map(scalarEvent)].map(recordOf)
}

export function tensorboardSize(store: Store, run: RunRecord): { readonly bytes: number; readonly points: number } {
  const all = scalarsOf(store, run)
  return { bytes: recordsOf(run, all).reduce((sum, { length }) => sum + length, 0), points: pointsOf(all) }
}

/** Reads the whole file and compares every checksum. */
function countRecords(path: string): number {
  try {
    return [...readRecords(readFileSync(path))].length
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new GpoError('storage', `${path} was read back damaged (${cause.message}): check the disk and export again`, {
      cause,
    })
  }
}

/** @throws GpoError('data') if the run recorded nothing; then nothing is left behind */
export function exportTensorboard({ store, run, out, onProgress }: ExportContext): Promise<WrittenExport> {
  return fillFolder(out, async (folder) => {
    const all = scalarsOf(store, run)
    const count = pointsOf(all)
    if (count === 0) throw new GpoError('data', `Run ${run.id} has no metrics to export yet.`)
    const path = join(folder, fileName(run))
    writeDurably(path, recordsOf(run, all))
    onProgress('reading back', 0, all.length)
    const read = countRecords(path)
    if (read !== all.length + 1)
      throw new GpoError('storage', `${path} was read back with ${read} records: check the disk and export again`)
    const verified = `Read back: ${read.toLocaleString('en')} records, every checksum fits.`
    return { bytes: statSync(path).size, count, unit: 'points', maxDifference: 0, verified }
  })
}
