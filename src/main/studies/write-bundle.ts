/** Writes a study bundle, which repeats a study elsewhere; paths of this machine do not leave it. */
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { createArchive } from '@main/export/bundle-archive'
import { publishFile } from '@main/export/export-file'
import { datasetPath, isBundled } from '@main/paths'
import type { Store } from '@main/store/query'
import type { StudyBundle } from '@shared/contract/studies'
import type { Study } from '@shared/schemas/study'
import {
  ALL_CONTAINED_BYTES,
  type BundledInput,
  CHECKSUM,
  CONTAINED_BYTES,
  DOCUMENT,
  MANIFEST,
  REPORT,
  type StudyManifest,
} from './bundle-format'
import { withPaths } from './document'
import { type StudyInputs, studyInputs } from './inputs'

const encode = (text: string) => new TextEncoder().encode(text)

interface Packed {
  /** As on this machine. */
  readonly path: string
  readonly input: BundledInput
}

const plainName = (path: string) =>
  basename(path)
    .replaceAll(/[^\w.-]+/g, '-')
    .slice(-60)

/** A data file is contained if it is one and small; models and folders are named by their checksums. */
function packInputs(inputs: ReadonlyMap<string, StudyInputs>): Packed[] {
  let left = ALL_CONTAINED_BYTES
  return [...inputs].map(([path, { kind, files }], i) => {
    if (isBundled(path)) return { path, input: { path, kind, files: [...files], isContained: false } }
    const [only] = files
    const isFile = kind === 'data' && files.length === 1 && statSync(datasetPath(path)).isFile()
    const isContained = isFile && only !== undefined && only.bytes <= Math.min(CONTAINED_BYTES, left)
    if (isContained) left -= only.bytes
    return { path, input: { path: `${kind}-${i + 1}-${plainName(path)}`, kind, files: [...files], isContained } }
  })
}

/** The same with paths that no run reads, because all tasks or arms name others; their names are moved too. */
function withUnread(document: Study, inputs: ReadonlyMap<string, StudyInputs>): ReadonlyMap<string, StudyInputs> {
  const all = new Map(inputs)
  withPaths(document, (path, kind) => {
    if (!all.has(path)) all.set(path, { kind, files: [] })
    return path
  })
  return all
}

const size = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e6 ? 3 : 1)} MB`
const total = ({ files }: BundledInput) => files.reduce((sum, { bytes }) => sum + bytes, 0)

/** What it contains and what it only names. */
function contentsOf(inputs: readonly BundledInput[], hasReport: boolean): string[] {
  return [
    `The study’s document${hasReport ? ' and the report of what was found here' : ''}.`,
    ...inputs.map((input) => {
      const { path, kind, files, isContained } = input
      if (isContained) return `Contained: ${path}, ${size(total(input))} of data.`
      if (files.length === 0) return `Only named: ${path}, of which no file was read here.`
      if (isBundled(path)) return `Not contained: ${path}, which every installation has; its checksums are compared.`
      return `Not contained: the ${kind} ${path}, ${files.length} files, ${size(total(input))}; its checksums are compared where it is placed.`
    }),
  ]
}

export interface BundleWish {
  readonly store: Store
  readonly document: Study
  /** Markdown; null if nothing was found yet. */
  readonly report: string | null
  /** Of this program. */
  readonly version: string
  readonly out: string
  readonly replaces: boolean
}

async function write(
  { document, report, version }: BundleWish,
  packed: readonly Packed[],
  path: string,
): Promise<number> {
  const archive = await createArchive(path)
  const files: StudyManifest['files'] = []
  const add = async (name: string, content: Uint8Array) => {
    files.push({ name, bytes: content.length, sha256: await archive.append(name, content) })
  }
  try {
    const moved = new Map(packed.map(({ path, input }) => [path, input.path]))
    const study = withPaths(document, (path) => moved.get(path) ?? path)
    await add(DOCUMENT, encode(`${JSON.stringify(study, null, 2)}\n`))
    if (report !== null) await add(REPORT, encode(report))
    for (const { path, input } of packed) if (input.isContained) await add(input.path, readFileSync(datasetPath(path)))
    const manifest: StudyManifest = {
      format: 'gpo-study-bundle',
      version: 1,
      program: version,
      writtenAt: Date.now(),
      name: document.name,
      inputs: packed.map(({ input }) => input),
      files,
    }
    const sha256 = await archive.append(MANIFEST, encode(`${JSON.stringify(manifest, null, 2)}\n`))
    await archive.append(CHECKSUM, encode(`${sha256}  ${MANIFEST}\n`))
    return await archive.finish()
  } finally {
    await archive.close()
  }
}

/** @throws {GpoError} 'usage' for a file that must not be replaced, 'storage' when writing fails */
export async function writeStudyBundle(wish: BundleWish): Promise<StudyBundle> {
  const packed = packInputs(withUnread(wish.document, await studyInputs(wish.store, wish.document)))
  const bytes = await publishFile(wish.out, wish.replaces, (partial) => write(wish, packed, partial))
  return {
    out: wish.out,
    bytes,
    contains: contentsOf(
      packed.map(({ input }) => input),
      wish.report !== null,
    ),
  }
}
