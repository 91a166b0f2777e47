/**
 * A study bundle: one file (an uncompressed tar) with the study's document, small data files, the report of what was found, and a manifest with
 * the size and SHA-256 of everything the study reads, contained or only named. A reader must not trust it.
 */
import { z } from 'zod'

export const MANIFEST = 'manifest.json'
export const CHECKSUM = 'manifest.sha256'
export const DOCUMENT = 'study.json'
export const REPORT = 'report.md'

/** Largest data file that is contained, and all of them together; larger ones are named. Bytes. */
export const CONTAINED_BYTES = 64 * 2 ** 20
export const ALL_CONTAINED_BYTES = 512 * 2 ** 20
export const MANIFEST_BYTES = 4 * 2 ** 20
/** Of the manifest: a study with a thousand inputs has a tenth of it. */
export const MANIFEST_LIMITS = { depth: 8, values: 100_000 } as const

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'expected a SHA-256' })
const fileName = z.string().regex(/^[\w-][\w.-]{0,98}$/, { error: 'expected the plain name of a file' })

const inputSchema = z.strictObject({
  /** As in the document: bundled:NAME, or a plain name beside the document, so that none leads elsewhere. */
  path: z.union([fileName, z.string().max(200).startsWith('bundled:')], {
    error: 'expected bundled:NAME or the plain name of a file',
  }),
  kind: z.enum(['model', 'data']),
  /** What the study read there; none if it could not be found. */
  files: z.array(z.strictObject({ name: z.string().max(1000), bytes: count, sha256 })).max(10_000),
  isContained: z.boolean(),
})
export type BundledInput = Readonly<z.infer<typeof inputSchema>>

export const studyManifestSchema = z.strictObject({
  format: z.literal('gpo-study-bundle'),
  version: z.literal(1),
  /** Version of the program that wrote it. */
  program: z.string().max(100),
  writtenAt: count.max(8.64e15),
  name: z.string().min(1).max(80),
  inputs: z.array(inputSchema).max(1000),
  files: z.array(z.strictObject({ name: fileName, bytes: count.max(CONTAINED_BYTES), sha256 })).max(1100),
})
export type StudyManifest = Readonly<z.infer<typeof studyManifestSchema>>
