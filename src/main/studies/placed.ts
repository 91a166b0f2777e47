/** The study of a bundle on this machine: what it does not contain is placed by a person, and everything is compared with what it began with. */
import { join, resolve } from 'node:path'
import { isBundled } from '@main/paths'
import type { Store } from '@main/store/query'
import { GpoError } from '@shared/errors'
import type { Study } from '@shared/schemas/study'
import { shown } from '@shared/shown'
import type { BundledInput } from './bundle-format'
import { readStudy, withPaths } from './document'
import { type StudyInputs, studyInputs } from './inputs'
import type { UnpackedStudy } from './open-bundle'

/** Name in the bundle → path on this machine. */
export type Places = ReadonlyMap<string, string>

/** Inputs that are neither contained nor part of every installation. */
export const toPlace = ({ manifest }: UnpackedStudy): BundledInput[] =>
  manifest.inputs.filter(({ path, isContained, files }) => !isContained && !isBundled(path) && files.length > 0)

const describe = ({ kind, path, files }: BundledInput) => {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return `the ${kind} ${path} (${files.length} files, ${bytes.toLocaleString('en')} bytes)`
}

/** The document with paths of this machine. @throws {GpoError} 'data' for a path that the bundle's manifest does not name */
export function bundleDocument(unpacked: UnpackedStudy, places: Places): Study {
  const known = new Map(
    unpacked.manifest.inputs.map(({ path }) => [
      isBundled(path) ? path : join(unpacked.folder, path),
      isBundled(path) ? path : resolve(places.get(path) ?? join(unpacked.folder, path)),
    ]),
  )
  return withPaths(readStudy(unpacked.file), (path) => {
    const here = known.get(path)
    if (here !== undefined) return here
    throw new GpoError('data', `the bundle’s document reads ${shown(path)}, which its manifest does not name`)
  })
}

/** The same, with everything in its place. @throws {GpoError} 'usage' naming what has to be placed, or a name that the bundle does not have */
export function placedStudy(unpacked: UnpackedStudy, places: Places): Study {
  const wanted = toPlace(unpacked)
  const unknown = [...places.keys()].find((name) => !wanted.some(({ path }) => path === name))
  if (unknown !== undefined)
    throw new GpoError(
      'usage',
      `the bundle has no ${shown(unknown)} to place; it has ${wanted.map(({ path }) => path).join(', ') || 'nothing'}`,
    )
  const missing = wanted.filter(({ path }) => !places.has(path))
  if (missing.length > 0)
    throw new GpoError(
      'usage',
      `the bundle does not contain ${missing.map(describe).join(' and ')}: say where it is with --place ${missing[0]?.path}=PATH`,
    )
  return bundleDocument(unpacked, places)
}

/** A single file may have another name here. */
function differs(before: BundledInput['files'], now: StudyInputs['files']): string | null {
  if (now.length === 0) return 'is not there'
  if (before.length === 1 && now.length === 1) return before[0]?.sha256 === now[0]?.sha256 ? null : 'has other content'
  const other = before.find(({ name, sha256 }) => now.find((file) => file.name === name)?.sha256 !== sha256)
  return other ? `has another ${other.name}` : null
}

/** @throws {GpoError} 'data' naming every input that is not what the study began with */
export async function refuseOtherFiles(
  store: Store,
  { manifest, folder }: UnpackedStudy,
  study: Study,
  places: Places,
): Promise<void> {
  const inputs = await studyInputs(store, study)
  const here = ({ path }: BundledInput) => (isBundled(path) ? path : resolve(places.get(path) ?? join(folder, path)))
  const problems = manifest.inputs
    .filter(({ files }) => files.length > 0)
    .flatMap((input) => {
      const change = differs(input.files, inputs.get(here(input))?.files ?? [])
      return change === null ? [] : [`${input.path} ${change}`]
    })
  if (problems.length === 0) return
  throw new GpoError(
    'data',
    `the study began with other files: ${problems.join('; ')}; with these it would not be repeated`,
  )
}
