/**
 * A run bundle: one file (an uncompressed tar, so that any tool opens it) with the run's plan, environment, evaluations, metrics and
 * trajectories, a manifest with the size and SHA-256 of each, and the manifest's own checksum in the form of `sha256sum`. Large content is split
 * into parts and compressed. A reader must not trust a bundle: `LIMITS` bound what is read.
 */
import { RUN_STATUSES } from '@shared/schemas/run'
import { z } from 'zod'

export const MANIFEST = 'manifest.json'
export const CHECKSUM = 'manifest.sha256'

export const LIMITS = {
  /** Files in a bundle. */
  files: 20_000,
  manifestBytes: 16 * 2 ** 20,
  /** Largest part, compressed or not. Ours are near `PART_BYTES`. */
  partBytes: 96 * 2 ** 20,
  /** All parts, unpacked. */
  totalBytes: 64 * 2 ** 30,
  trajectories: 5_000_000,
  points: 100_000_000,
  series: 10_000,
  evaluations: 1_000_000,
  /** Of one record, or a file that is one; the longest trajectories and series have a tenth of it. */
  record: { depth: 32, values: 2_000_000 },
} as const

/** Unpacked size at which a part is closed. */
export const PART_BYTES = 4 * 2 ** 20

/** Runs that follow no prompts have no probes, nor have bundles of earlier versions. */
const PARTS = /^(metrics|probes|trajectories)-\d{5}\.jsonl\.gz$/
const SINGLES = ['plan.json', 'environment.json', 'evaluations.jsonl'] as const

export type PartKind = 'metrics' | 'probes' | 'trajectories'
export const partName = (kind: PartKind, index: number): string => `${kind}-${String(index).padStart(5, '0')}.jsonl.gz`

/** Which records a file holds; null for one that is not a file of a bundle. */
export function kindOfFile(name: string): PartKind | 'plan' | 'environment' | 'evaluations' | null {
  const part = PARTS.exec(name)?.[1]
  if (part) return part as PartKind // the groups of the pattern
  const single = SINGLES.find((one) => one === name)
  return single ? (single.slice(0, single.indexOf('.')) as 'plan' | 'environment' | 'evaluations') : null
}

export const isPacked = (name: string): boolean => name.endsWith('.gz')

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const time = z.number().int().min(0).max(8.64e15)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'expected a SHA-256' })

const fileSchema = z.strictObject({
  name: z.string().max(100),
  bytes: count.max(LIMITS.partBytes),
  /** Uncompressed size; equal to `bytes` if the file is not compressed. */
  unpacked: count.max(LIMITS.partBytes),
  sha256,
  records: count,
})
export type BundleFile = z.infer<typeof fileSchema>

export const manifestSchema = z.strictObject({
  format: z.literal('gpo-run-bundle'),
  version: z.literal(1),
  /** Version of the program that wrote it. */
  program: z.string().max(100),
  writtenAt: time,
  run: z.strictObject({
    id: z.string().max(100),
    name: z.string().min(1).max(200),
    status: z.enum(RUN_STATUSES),
    createdAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
    iteration: count.max(1e9),
    iterations: count.max(1e9),
    error: z.strictObject({ code: z.string().max(100), message: z.string().max(20_000) }).nullable(),
    note: z.string().max(20_000),
    tags: z.array(z.string().min(1).max(50)).max(50),
  }),
  counts: z.strictObject({
    series: count.max(LIMITS.series),
    points: count.max(LIMITS.points),
    evaluations: count.max(LIMITS.evaluations),
    trajectories: count.max(LIMITS.trajectories),
  }),
  files: z.array(fileSchema).max(LIMITS.files),
})
export type Manifest = z.infer<typeof manifestSchema>
