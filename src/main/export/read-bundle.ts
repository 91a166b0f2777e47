/** The content of a run bundle, record by record, each checked. */
import { describeError, GpoError } from '@shared/errors'
import type { EvaluationRecord } from '@shared/schemas/events'
import { type Plan, planSchema } from '@shared/schemas/plan'
import type { TrajectoryRecord } from '@shared/schemas/trajectory'
import type { z } from 'zod'
import type { Damaged } from './bundle-archive'
import { type BundleFile, kindOfFile, LIMITS, type Manifest } from './bundle-format'
import {
  environmentSchema,
  evaluationSchema,
  type ProbesRecord,
  probesSchema,
  type SeriesRecord,
  seriesSchema,
  trajectorySchema,
} from './bundle-records'
import { damagedBundle, type OpenBundle, openBundle, parseAs, parseJson } from './open-bundle'

export type BundlePart =
  | { readonly kind: 'metrics'; readonly series: readonly SeriesRecord[] }
  | { readonly kind: 'probes'; readonly answers: readonly ProbesRecord[] }
  | { readonly kind: 'trajectories'; readonly trajectories: readonly TrajectoryRecord[] }

export interface BundleReader {
  readonly manifest: Manifest
  readonly plan: Plan
  readonly environment: Readonly<Record<string, string | number>> | null
  readonly evaluations: readonly EvaluationRecord[]
  /** Metrics first, then answers to followed prompts, then trajectories in the order they were made. @throws GpoError('data') at the first problem */
  parts(): AsyncGenerator<BundlePart, void>
  close(): Promise<void>
}

function recordsOf<T>(schema: z.ZodType<T>, text: string, { name, records }: BundleFile, damaged: Damaged): T[] {
  const found = countLines(text)
  if (found !== records) throw damaged(`holds ${name} with ${found} records instead of ${records}`)
  const read: T[] = []
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const where = `record ${read.length + 1} of ${name}`
    read.push(parseAs(schema, parseJson(text.slice(at, end), where, damaged), where, damaged))
    at = end + 1
  }
  return read
}

/** The last line may end without a newline. */
function countLines(text: string): number {
  let lines = text === '' || text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

/** Refuses a plan of another version, which this one cannot show. */
function parsePlan(value: unknown, damaged: Damaged): Plan {
  const parsed = planSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw damaged(`holds a plan that this version cannot read (${issue?.path.join('.')}: ${issue?.message})`)
}

/** Checks that the counts over all parts do not exceed those in the manifest. */
function createWatch({ counts }: Manifest, damaged: Damaged) {
  let points = 0
  let last = { iteration: -1, index: -1 }
  const names = new Set<string>()
  return {
    series({ name, values }: SeriesRecord) {
      names.add(name)
      points += values.length
      if (names.size > LIMITS.series || points > counts.points)
        throw damaged('holds more metrics than its manifest counts')
    },
    trajectory({ iteration, index }: TrajectoryRecord) {
      if (iteration < last.iteration || (iteration === last.iteration && index <= last.index))
        throw damaged(`holds trajectory ${index} of iteration ${iteration} twice or out of order`)
      last = { iteration, index }
    },
    end() {
      if (points !== counts.points) throw damaged(`counts ${counts.points} points of metrics and holds ${points}`)
    },
  }
}

async function* partsOf(bundle: OpenBundle, damaged: Damaged): AsyncGenerator<BundlePart, void> {
  const watch = createWatch(bundle.manifest, damaged)
  const ofKind = (kind: BundlePart['kind']) =>
    bundle.manifest.files
      .filter(({ name }) => kindOfFile(name) === kind)
      .toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
  for (const file of ofKind('metrics')) {
    const series = recordsOf(seriesSchema, await bundle.read(file), file, damaged)
    series.forEach(watch.series)
    yield { kind: 'metrics', series }
  }
  watch.end()
  for (const file of ofKind('probes'))
    yield { kind: 'probes', answers: recordsOf(probesSchema, await bundle.read(file), file, damaged) }
  for (const file of ofKind('trajectories')) {
    const trajectories = recordsOf(trajectorySchema, await bundle.read(file), file, damaged)
    trajectories.forEach(watch.trajectory)
    yield { kind: 'trajectories', trajectories }
  }
}

/** @throws GpoError('data') saying what is wrong with it */
export async function readBundle(path: string): Promise<BundleReader> {
  const damaged = damagedBundle(path)
  const bundle = await openBundle(path)
  try {
    const { manifest } = bundle
    const file = (name: string) => manifest.files.find((one) => one.name === name)! // found by openBundle
    const json = async (name: string) => parseJson(await bundle.read(file(name)), name, damaged)
    const evaluations = file('evaluations.jsonl')
    return {
      manifest,
      plan: parsePlan(await json('plan.json'), damaged),
      environment: parseAs(environmentSchema, await json('environment.json'), 'environment.json', damaged),
      evaluations: recordsOf(evaluationSchema, await bundle.read(evaluations), evaluations, damaged),
      parts: () => partsOf(bundle, damaged),
      close: bundle.close,
    }
  } catch (error) {
    await bundle.close()
    throw error instanceof GpoError ? error : damaged(`could not be read (${describeError(error)})`)
  }
}
