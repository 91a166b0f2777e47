/** The input files of runs. */
import { z } from 'zod'
import { all, change, first, type Store } from './query'

const fileSchema = z.strictObject({
  /** Path relative to the input's folder; the file's own name if the input is a file. */
  name: z.string(),
  bytes: z.number().int(),
  /** Null until a large file has been read. */
  sha256: z.string().nullable(),
  /** Device, inode, size and times of the file; if they are unchanged, the file counts as the same without being read. */
  stamp: z.string(),
})

export const PARTS = ['training data', 'evaluation data', 'base weights', 'tokenizer', 'adapter'] as const

const fingerprintSchema = z.strictObject({ part: z.enum(PARTS), path: z.string(), files: z.array(fileSchema) })
const listSchema = z.array(fingerprintSchema)

export type FilePrint = Readonly<z.infer<typeof fileSchema>>
export type Fingerprint = Readonly<z.infer<typeof fingerprintSchema>>

/** Null for an invalid text, for example in a database that was edited. */
function parsed(text: string): readonly Fingerprint[] | null {
  try {
    return listSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Null if there are none. */
export function fingerprintsOfRun(store: Store, id: string): readonly Fingerprint[] | null {
  const row = first<{ text: string | null }>(store, 'SELECT fingerprints AS text FROM runs WHERE id = ?', id)
  return row?.text ? parsed(row.text) : null
}

export function keepFingerprints(store: Store, id: string, prints: readonly Fingerprint[]): void {
  change(store, 'UPDATE runs SET fingerprints = ? WHERE id = ?', JSON.stringify(prints), id)
}

/** Number of runs whose checksums are searched. */
const NEWEST = 50

/** Stamp → SHA-256 of files that runs of this installation have read. */
export function knownSums(store: Store): Map<string, string> {
  const sql =
    'SELECT fingerprints AS text FROM runs WHERE fingerprints IS NOT NULL AND is_read_only = 0 ORDER BY key DESC LIMIT ?'
  const lists = all<{ text: string }>(store, sql, NEWEST).map(({ text }) => parsed(text) ?? [])
  return new Map(
    lists
      .flat()
      .flatMap(({ files }) =>
        files.flatMap(({ stamp, sha256 }) => (sha256 === null ? [] : [[stamp, sha256] as const])),
      ),
  )
}
