/** Files of studies: those that `--of` makes, documents and bundles that are started, bundles that are written. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Store } from '@main/store/query'
import type { StudyRecord } from '@main/store/studies'
import { readStudy } from '@main/studies/document'
import { exportStudy, fileStem } from '@main/studies/export'
import { guidanceStudyOf, sweepStudyOf } from '@main/studies/of-run'
import { isBundleFile, unpackStudy } from '@main/studies/open-bundle'
import { placedStudy, refuseOtherFiles } from '@main/studies/placed'
import { resultsOf } from '@main/studies/results'
import { writeStudyBundle } from '@main/studies/write-bundle'
import { GpoError } from '@shared/errors'
import type { Study } from '@shared/schemas/study'
import packageJson from '../../../package.json'
import { findNamed } from './model'
import { formatBytes, type Output } from './output'

export const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

/** `setting=value,value,…`; each value as JSON if it is JSON, else as text. */
function sweepOf(text: string) {
  const at = text.indexOf('=')
  const values = text
    .slice(at + 1)
    .split(',')
    .map((value) => value.trim())
  if (at < 1 || values.some((value) => value === ''))
    throw new GpoError(
      'usage',
      `--sweep ${text}: write it as setting=value,value, for example --sweep optimiser.learningRate=1e-4,3e-4`,
    )
  const parsed = values.map((value) => {
    try {
      return JSON.parse(value) as string | number | boolean // a list or an object is refused with the study
    } catch {
      return value
    }
  })
  return { setting: text.slice(0, at), values: parsed }
}

/** Writes a study to a new file; one that has the same content already is left as it is. */
function writeStudy(file: string, study: Study): void {
  const text = `${JSON.stringify(study, null, 2)}\n`
  if (!existsSync(file)) writeFileSync(file, text)
  else if (!isFile(file) || readFileSync(file, 'utf8') !== text)
    throw new GpoError('usage', `${file} exists already: choose another name with --out`)
}

export interface OfRunFlags {
  readonly seeds: number
  readonly sweep?: string
  readonly out?: string
}

/** Makes the file of `--of`. @returns its path */
export function fileOfRun(store: Store, run: string, { seeds, sweep, out }: OfRunFlags, output: Output): string {
  const study =
    sweep === undefined ? guidanceStudyOf(store, run, seeds) : sweepStudyOf(store, run, { ...sweepOf(sweep), seeds })
  const file = resolve(out ?? `${fileStem(study.name)}.json`)
  writeStudy(file, study)
  output.note(`the study is in ${file}`)
  return file
}

/** `NAME=PATH`, as often as there is something to place. */
function placesOf(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new GpoError('usage', `--place ${text}: write it as NAME=PATH, with a name that the bundle has`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

export interface DocumentFlags {
  readonly db?: string
  readonly place: readonly string[]
}

/** The document of a JSON file or of a bundle, which is unpacked and compared with what is here. */
export async function documentOf(store: Store, file: string, flags: DocumentFlags, output: Output): Promise<Study> {
  if (!isBundleFile(file)) return readStudy(file, (name) => findNamed(name, flags.db))
  const unpacked = await unpackStudy(resolve(file), store.file)
  output.note(`the bundle is unpacked in ${unpacked.folder}`)
  const places = placesOf(flags.place)
  const study = placedStudy(unpacked, places)
  await refuseOtherFiles(store, unpacked, study, places)
  return study
}

/** @param study of the document, if it has begun: then its report is written too */
export async function bundleStudy(
  store: Store,
  document: Study,
  study: StudyRecord | null,
  out: string,
  output: Output,
): Promise<void> {
  const results = study && resultsOf(store, study)
  const report = results && results.finished > 0 ? exportStudy(document, results, { format: 'markdown' }).text : null
  const version = packageJson.version
  const written = await writeStudyBundle({ store, document, report, version, out: resolve(out), replaces: false })
  output.json(written)
  output.line(`${formatBytes(written.bytes)} in ${written.out}`)
  for (const sentence of written.contains) output.line(sentence)
}
