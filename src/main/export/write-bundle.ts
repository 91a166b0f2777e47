/** Writes a run bundle beside its final path, reads it back completely, and renames it. */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { listEvaluations } from '@main/store/evaluations'
import { metricSummaries, readSeries } from '@main/store/metrics'
import { probeIterations, probesOf } from '@main/store/probes'
import type { Store } from '@main/store/query'
import { runNotes } from '@main/store/run-notes'
import { getRun } from '@main/store/runs'
import type { RunRecord } from '@shared/schemas/run'
import { createArchive } from './bundle-archive'
import {
  type BundleFile,
  CHECKSUM,
  isPacked,
  MANIFEST,
  type Manifest,
  PART_BYTES,
  type PartKind,
  partName,
} from './bundle-format'
import { type ProbesRecord, SERIES_POINTS, type SeriesRecord } from './bundle-records'
import { breath, refuseStopped, trajectoriesOf } from './read-run'

const pack = promisify(gzip)
const encode = (text: string) => new TextEncoder().encode(text)

export type BundleProgress = (label: string, done: number, total: number) => void

/** Appends files to an archive and records their manifest entries. */
async function createNoted(path: string) {
  const archive = await createArchive(path)
  const files: BundleFile[] = []
  return {
    ...archive,
    files,
    async add(name: string, text: string, records: number) {
      const unpacked = encode(text)
      const content = isPacked(name) ? await pack(unpacked, { level: 6 }) : unpacked
      const sha256 = await archive.append(name, content)
      files.push({ name, bytes: content.length, unpacked: unpacked.length, sha256, records })
    },
  }
}

type Archive = Awaited<ReturnType<typeof createNoted>>

/** Collects lines into parts of about the same size. */
function createParts(archive: Archive, kind: PartKind) {
  let lines: string[] = []
  let size = 0
  let index = 0
  const flush = async () => {
    if (lines.length === 0) return
    await archive.add(partName(kind, index++), lines.join(''), lines.length)
    lines = []
    size = 0
  }
  return {
    flush,
    async add(record: unknown) {
      const line = `${JSON.stringify(record)}\n`
      lines.push(line)
      size += line.length
      if (size >= PART_BYTES) await flush()
    },
  }
}

async function addMetrics(archive: Archive, store: Store, run: string, signal: AbortSignal | undefined) {
  const parts = createParts(archive, 'metrics')
  let points = 0
  const summaries = metricSummaries(store, run)
  for (const { name } of summaries) {
    refuseStopped(signal)
    const { iterations, values } = readSeries(store, run, name)
    for (let at = 0; at < iterations.length; at += SERIES_POINTS) {
      const end = at + SERIES_POINTS
      const record: SeriesRecord = { name, iterations: iterations.slice(at, end), values: values.slice(at, end) }
      await parts.add(record)
    }
    points += iterations.length
    await breath()
  }
  await parts.flush()
  return { series: summaries.length, points }
}

/** One line per iteration. */
async function addProbes(archive: Archive, store: Store, run: string, signal: AbortSignal | undefined): Promise<void> {
  const parts = createParts(archive, 'probes')
  for (const iteration of probeIterations(store, run)) {
    refuseStopped(signal)
    const record: ProbesRecord = { iteration, probes: probesOf(store, run, iteration) }
    await parts.add(record)
  }
  await parts.flush()
}

async function addTrajectories(
  archive: Archive,
  store: Store,
  run: string,
  signal: AbortSignal | undefined,
  onRead: (done: number) => void,
): Promise<number> {
  const parts = createParts(archive, 'trajectories')
  let count = 0
  for await (const batch of trajectoriesOf(store, run, signal)) {
    for (const { id: _, ...trajectory } of batch) await parts.add(trajectory)
    count += batch.length
    onRead(count)
  }
  await parts.flush()
  return count
}

const runFacts = (store: Store, run: RunRecord): Manifest['run'] => {
  const { note, tags } = runNotes(store, run.id)
  const { id, name, status, createdAt, startedAt, endedAt, iteration, iterations, error } = run
  return { id, name, status, createdAt, startedAt, endedAt, iteration, iterations, error, note, tags: [...tags] }
}

export interface BundleWrite {
  readonly store: Store
  readonly run: string
  /** Of this program. */
  readonly version: string
  /** A file that does not exist yet. */
  readonly path: string
  readonly trajectories: number
  readonly signal?: AbortSignal
  readonly onProgress?: BundleProgress
}

/** @returns the manifest and the bytes written @throws GpoError('interrupted') after `signal`; the caller must then delete the partial file */
export async function writeBundle(
  options: BundleWrite,
): Promise<{ readonly manifest: Manifest; readonly bytes: number }> {
  const { store, version, path, signal, trajectories: expected, onProgress } = options
  const run = getRun(store, options.run)
  const archive = await createNoted(path)
  try {
    onProgress?.('writing metrics', 0, expected)
    await archive.add('plan.json', `${JSON.stringify(run.plan, null, 2)}\n`, 1)
    await archive.add('environment.json', `${JSON.stringify(run.environment, null, 2)}\n`, 1)
    const evaluations = listEvaluations(store, run.id)
    await archive.add(
      'evaluations.jsonl',
      evaluations.map((one) => `${JSON.stringify(one)}\n`).join(''),
      evaluations.length,
    )
    const { series, points } = await addMetrics(archive, store, run.id, signal)
    await addProbes(archive, store, run.id, signal)
    const trajectories = await addTrajectories(archive, store, run.id, signal, (done) =>
      onProgress?.('writing trajectories', done, Math.max(done, expected)),
    )
    const manifest: Manifest = {
      format: 'gpo-run-bundle',
      version: 1,
      program: version,
      writtenAt: Date.now(),
      run: runFacts(store, run),
      counts: { series, points, evaluations: evaluations.length, trajectories },
      files: archive.files,
    }
    const sha256 = await archive.append(MANIFEST, encode(`${JSON.stringify(manifest, null, 2)}\n`))
    await archive.append(CHECKSUM, encode(`${sha256}  ${MANIFEST}\n`))
    return { manifest, bytes: await archive.finish() }
  } finally {
    await archive.close()
  }
}
