/** Checks a model's files: every byte is read, and the checksums are compared with known ones. */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isGgufPath } from '@main/formats/gguf/model'
import { readManifest } from '@main/formats/manifest'
import { modelFiles } from '@main/formats/model-files'
import { refuseStrangeFile } from '@main/formats/regular-file'
import type { Store } from '@main/store/query'
import type { ChecksumEvent, Checksums } from '@shared/contract/models'
import { GpoError } from '@shared/errors'
import { z } from 'zod'
import { changeEntry, getEntry } from '../entries'
import { findModel } from './list'

/** Bytes between two progress reports. */
const STEP = 32 << 20

const checksumsSchema = z.object({
  at: z.number(),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
})

/** The checksums of the last check, stored in the library entry. */
export function notedChecksums(options: Readonly<Record<string, unknown>>): Checksums | null {
  const parsed = checksumsSchema.safeParse(options['checksums'])
  return parsed.success ? parsed.data : null
}

/** Checksums by file name, from the manifest of a checkpoint. */
function manifestSums(folder: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(readManifest(folder).manifest.files).map(([name, { sha256 }]) => [name, sha256]))
}

async function* sums(folder: string, names: readonly string[], signal: AbortSignal | undefined) {
  const sizes = names.map((name) => statSync(join(folder, name)).size)
  const total = sizes.reduce((a, b) => a + b, 0)
  const files: Checksums['files'][number][] = []
  let done = 0
  let told = 0
  for (const name of names) {
    refuseStrangeFile(join(folder, name), 'model')
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of createReadStream(join(folder, name), { highWaterMark: 4 << 20, signal })) {
      hash.update(chunk as Uint8Array)
      bytes += (chunk as Uint8Array).length
      done += (chunk as Uint8Array).length
      if (done - told < STEP) continue
      told = done
      yield { type: 'progress', file: name, done, total } satisfies ChecksumEvent
    }
    files.push({ name, bytes, sha256: hash.digest('hex') })
  }
  return files
}

const differing = (files: Checksums['files'], known: ReadonlyMap<string, string>): string[] => [
  ...files.filter(({ name, sha256 }) => known.has(name) && known.get(name) !== sha256).map(({ name }) => name),
  ...[...known.keys()].filter((name) => !files.some((file) => file.name === name)),
]

/** Ending the stream stops it. @throws {GpoError} 'notFound', 'storage', 'model' */
export async function* checksumModel(
  store: Store,
  id: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ChecksumEvent, void> {
  const { folder: base, checkpoint, item } = findModel(store, id)
  const place = checkpoint ?? base
  const folder = isGgufPath(place) ? dirname(place) : place
  try {
    const manifest = checkpoint ? manifestSums(checkpoint) : null
    const files = yield* sums(
      folder,
      manifest ? [...manifest.keys()] : modelFiles(base).map((file) => basename(file)),
      signal,
    )
    const checksums: Checksums = { at: Date.now(), files }
    if (item.kind !== 'folder' && item.kind !== 'adapter') {
      const comparedWith = manifest ? 'manifest' : null
      yield { type: 'done', checksums, comparedWith, different: manifest ? differing(files, manifest) : [] }
      return
    }
    const { options } = getEntry(store, 'model', id)
    const before = notedChecksums(options)
    const known = new Map(before?.files.map(({ name, sha256 }) => [name, sha256]))
    changeEntry(store, 'model', id, { options: { checksums } })
    yield { type: 'done', checksums, comparedWith: before ? 'earlier' : null, different: differing(files, known) }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (error instanceof GpoError || code === undefined || code === 'ABORT_ERR') throw error
    throw new GpoError('model', `${folder} could not be read (${code}): check the disk and the permissions.`)
  }
}
