/**
 * A collection's folder: shards with the trajectories of each iteration and the pairs that they give, their checksums, and what was collected. It is
 * filled while a run collects, or afterwards from a run's records; either way the shards are the same. An interrupted one is continued: what has its
 * checksum stays.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from '@main/formats/atomic'
import { refuseStrangeFile } from '@main/formats/regular-file'
import type { Store } from '@main/store/query'
import { GpoError } from '@shared/errors'
import { beyondLimits } from '@shared/json-limits'
import type { StoredTrajectory } from '@shared/schemas/run'
import { z } from 'zod'
import { CHECKSUMS, checksumText, parseChecksums, sha256Of, sha256OfFile } from '../checksums'
import { breath, trajectoriesOf } from '../read-run'
import { collectionReadme } from './readme'
import { type Shard, shardNames, shardOf } from './shard'

const ABOUT = 'collection.json'
const FORMAT = 'gpo-collection'
const README = 'README.md'
/** Bytes of the two small files, which may be somebody else's: a hundred thousand shards need less. */
const MAX_SMALL = 32e6
const LIMITS = { depth: 100, values: 1_000_000 }
/** Milliseconds between two updates of the list of shards: a shard that is not in it yet when the program ends is written again. */
const RECORD_MS = 1000

const count = z.number().int().min(0)
const aboutSchema = z.object({
  format: z.literal(FORMAT),
  run: z.string().min(1).max(100),
  shards: z.array(z.object({ iteration: count, trajectories: count, continuations: count, pairs: count })),
})
type Counts = z.infer<typeof aboutSchema>['shards'][number]

/** What is said in the folder beside the counts. */
export interface CollectionOf {
  readonly run: { readonly id: string; readonly name: string; readonly plan: unknown }
}

export interface Totals {
  readonly shards: number
  readonly trajectories: number
  readonly continuations: number
  readonly pairs: number
}

const text = (value: string): Uint8Array[] => [new TextEncoder().encode(value)]
/** @throws {GpoError} 'usage' */
function readSmall(path: string): string {
  refuseStrangeFile(path, 'usage')
  const { size } = statSync(path)
  if (size > MAX_SMALL)
    throw new GpoError(
      'usage',
      `${path} has ${size.toLocaleString('en')} bytes, which no collection needs: choose another folder`,
    )
  return readFileSync(path, 'utf8')
}

function readAbout(folder: string): z.infer<typeof aboutSchema> | null {
  const path = join(folder, ABOUT)
  if (!existsSync(path)) return null
  try {
    const text = readSmall(path)
    const beyond = beyondLimits(text, LIMITS)
    if (beyond !== null) throw new Error(`it has ${beyond}`)
    return aboutSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new GpoError('usage', `${path} does not describe a collection of this program: choose another folder`, {
      cause: error,
    })
  }
}

/** The run that a folder collects; null for a folder without a collection. @throws {GpoError} 'usage' for one that holds something else */
export function collectedRun(folder: string): string | null {
  const about = readAbout(folder)
  if (about !== null) return about.run
  if (existsSync(folder) && readdirSync(folder).some((name) => !LEFTOVER.test(name)))
    throw new GpoError(
      'usage',
      `${folder} is not empty and holds no collection: choose a folder that does not exist yet`,
    )
  return null
}

const readChecksums = (folder: string): Map<string, string> =>
  existsSync(join(folder, CHECKSUMS)) ? parseChecksums(readSmall(join(folder, CHECKSUMS))) : new Map()

/** What a program that was ended has left of a file that it was writing. */
const LEFTOVER = /\.partial-\d+$/

async function recordsOf(store: Store, run: string, iteration: number): Promise<StoredTrajectory[]> {
  const found: StoredTrajectory[] = []
  for await (const batch of trajectoriesOf(store, run, undefined, iteration)) found.push(...batch)
  return found
}

export interface Collection {
  /** Writes the shards up to an iteration that are not there yet, or until `signal`. One call at a time. @throws {GpoError} 'storage' */
  /** Forgets the shards after an iteration: the run goes on from there, and on other servers it may find other answers. */
  dropAfter(iteration: number): void
  write(upTo: number, signal?: AbortSignal, onShard?: (done: number, total: number) => void): Promise<Totals>
}

/** Opens a folder for the shards of a run, and checks what is in it. @throws {GpoError} 'usage' for a folder with something else */
export function openCollection(folder: string, store: Store, { run }: CollectionOf): Collection {
  const known = readAbout(folder)
  if (known === null) collectedRun(folder)
  else if (known.run !== run.id)
    throw new GpoError('usage', `${folder} holds the collection of run ${known.run}: choose another folder`)
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder).filter((one) => LEFTOVER.test(one))) rmSync(join(folder, name))
  const listed = readChecksums(folder)
  const sums = new Map([...listed].filter(([name, sum]) => isWhole(folder, name, sum)))
  const counts = new Map((known?.shards ?? []).map((shard) => [shard.iteration, shard]))

  let recordedAt = 0

  function record(): void {
    recordedAt = performance.now()
    const shards = [...counts.values()].toSorted((a, b) => a.iteration - b.iteration)
    const about = { format: FORMAT, run: run.id, name: run.name, plan: run.plan, shards }
    // First what says whose folder it is, so that it is known again whenever the program ends.
    writeAtomically(join(folder, ABOUT), text(`${JSON.stringify(about, null, 2)}\n`))
    writeAtomically(join(folder, CHECKSUMS), text(checksumText(sums)))
  }

  function put({ files, ...shard }: Shard): void {
    for (const { name, bytes } of files) {
      writeAtomically(join(folder, name), [bytes])
      sums.set(name, sha256Of(bytes))
    }
    counts.set(shard.iteration, shard)
    if (performance.now() - recordedAt > RECORD_MS) record()
  }

  const isThere = (iteration: number) => counts.has(iteration) && shardNames(iteration).every((name) => sums.has(name))

  return {
    dropAfter(last) {
      for (const iteration of [...counts.keys()].filter((one) => one > last)) {
        counts.delete(iteration)
        for (const name of shardNames(iteration)) sums.delete(name)
      }
    },
    async write(upTo, signal, onShard = () => {}) {
      if (!sums.has(README)) {
        record()
        const [readme] = text(collectionReadme(run.name)) as [Uint8Array]
        writeAtomically(join(folder, README), [readme])
        sums.set(README, sha256Of(readme))
      }
      for (let iteration = 1; iteration <= upTo; iteration++) {
        if (signal?.aborted) break
        if (!isThere(iteration)) put(shardOf(iteration, await recordsOf(store, run.id, iteration)))
        onShard(iteration, upTo)
        await breath()
      }
      record()
      return totalOf([...counts.values()].filter(({ iteration }) => iteration <= upTo))
    },
  }
}

const totalOf = (shards: readonly Counts[]): Totals =>
  shards.reduce(
    (sum, { trajectories, continuations, pairs }) => ({
      shards: sum.shards + 1,
      trajectories: sum.trajectories + trajectories,
      continuations: sum.continuations + continuations,
      pairs: sum.pairs + pairs,
    }),
    { shards: 0, trajectories: 0, continuations: 0, pairs: 0 },
  )

function isWhole(folder: string, name: string, sum: string): boolean {
  try {
    return sha256OfFile(join(folder, name)) === sum
  } catch {
    return false
  }
}
