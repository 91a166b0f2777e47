/**
 * A collection's folder: shards with the trajectories of each iteration and the pairs that they give, their checksums, and what was collected. It is
 * filled while a run collects, or afterwards from a run's records; either way the shards are the same. An interrupted one is continued: what has its
 * checksum stays.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from '@main/formats/atomic'
import { refuseStrangeFile } from '@main/formats/regular-file'
import type { Store } from '@main/store/query'
import { getTrajectory, listTrajectories } from '@main/store/trajectories'
import { GpoError } from '@shared/errors'
import { beyondLimits } from '@shared/json-limits'
import type { StoredTrajectory } from '@shared/schemas/run'
import { z } from 'zod'
import { breath } from '../read-run'
import { collectionReadme } from './readme'
import { type Shard, shardNames, shardOf } from './shard'

const ABOUT = 'collection.json'
const CHECKSUMS = 'SHA256SUMS'
const FORMAT = 'gpo-collection'
const README = 'README.md'
const PAGE = 200
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

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

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
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new GpoError(
      'usage',
      `${folder} is not empty and holds no collection: choose a folder that does not exist yet`,
    )
  return null
}

/** Checksums by name of file; lines that are none are left out, so that their files are written again. */
function readChecksums(folder: string): Map<string, string> {
  const path = join(folder, CHECKSUMS)
  if (!existsSync(path)) return new Map()
  const lines = readSmall(path).split('\n')
  return new Map(
    lines.filter((line) => /^[0-9a-f]{64} {2}[\w.-]+$/.test(line)).map((line) => [line.slice(66), line.slice(0, 64)]),
  )
}

function iterationRecords(store: Store, run: string, iteration: number): StoredTrajectory[] {
  const found: StoredTrajectory[] = []
  let cursor: string | undefined
  do {
    const page = listTrajectories(store, run, {
      ...{ filter: { iteration }, order: 'oldest', limit: PAGE },
      ...(cursor ? { cursor } : {}),
    })
    found.push(...page.rows.map(({ id }) => getTrajectory(store, id)))
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return found
}

export interface Collection {
  /** Writes the shards up to an iteration that are not there yet, or until `signal`. One call at a time. @throws {GpoError} 'storage' */
  write(upTo: number, signal?: AbortSignal, onShard?: (done: number, total: number) => void): Promise<Totals>
}

/** Opens a folder for the shards of a run, and checks what is in it. @throws {GpoError} 'usage' for a folder with something else */
export function openCollection(folder: string, store: Store, { run }: CollectionOf): Collection {
  const known = readAbout(folder)
  if (known === null) collectedRun(folder)
  else if (known.run !== run.id)
    throw new GpoError('usage', `${folder} holds the collection of run ${known.run}: choose another folder`)
  mkdirSync(folder, { recursive: true })
  const listed = readChecksums(folder)
  const sums = new Map([...listed].filter(([name, sum]) => isWhole(folder, name, sum)))
  const counts = new Map((known?.shards ?? []).map((shard) => [shard.iteration, shard]))

  let recordedAt = 0

  function record(): void {
    recordedAt = performance.now()
    const lines = [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, sum]) => `${sum}  ${name}\n`)
    writeAtomically(join(folder, CHECKSUMS), text(lines.join('')))
    const shards = [...counts.values()].toSorted((a, b) => a.iteration - b.iteration)
    const about = { format: FORMAT, run: run.id, name: run.name, plan: run.plan, shards }
    writeAtomically(join(folder, ABOUT), text(`${JSON.stringify(about, null, 2)}\n`))
  }

  function put({ files, ...shard }: Shard): void {
    for (const { name, bytes } of files) {
      writeAtomically(join(folder, name), [bytes])
      sums.set(name, sha256(bytes))
    }
    counts.set(shard.iteration, shard)
    if (performance.now() - recordedAt > RECORD_MS) record()
  }

  const isThere = (iteration: number) => counts.has(iteration) && shardNames(iteration).every((name) => sums.has(name))

  return {
    async write(upTo, signal, onShard = () => {}) {
      if (!sums.has(README)) {
        const readme = text(collectionReadme(run.name))
        writeAtomically(join(folder, README), readme)
        sums.set(README, sha256(readme[0]!))
        record()
      }
      for (let iteration = 1; iteration <= upTo; iteration++) {
        if (signal?.aborted) break
        if (!isThere(iteration)) put(shardOf(iteration, iterationRecords(store, run.id, iteration)))
        onShard(iteration, upTo)
        await breath()
      }
      record()
      return totalOf([...counts.values()].filter(({ iteration }) => iteration <= upTo))
    },
  }
}

/** Reads everything back. @returns the number of files @throws {GpoError} 'storage' */
export function refuseDamaged(folder: string): number {
  const sums = readChecksums(folder)
  for (const [name, sum] of sums) {
    if (!isWhole(folder, name, sum))
      throw new GpoError(
        'storage',
        `${join(folder, name)} was read back with other contents than written: check the disk and export again`,
      )
  }
  return sums.size
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
    return sha256(readFileSync(join(folder, name))) === sum
  } catch {
    return false
  }
}
