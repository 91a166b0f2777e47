/** A study from a file that a person chose in the window: a document, or a bundle with its data. */

import { join } from 'node:path'
import { addEntry } from '@main/library/entries'
import { namedModel } from '@main/library/models/names'
import type { Store } from '@main/store/query'
import type { Study } from '@shared/schemas/study'
import { readStudy } from './document'
import { isBundleFile, unpackStudy } from './open-bundle'
import { bundleDocument, toPlace } from './placed'

export interface ChosenStudy {
  readonly document: Study
  /** Sentences on what has to be chosen before it can be started. */
  readonly notes: readonly string[]
}

/** Data of a bundle is listed in the library, so that plans may name it. @throws {GpoError} 'plan' or 'data' saying what is wrong with the file */
export async function chosenStudy(store: Store, file: string): Promise<ChosenStudy> {
  if (!isBundleFile(file)) return { document: readStudy(file, (name) => namedModel(store, name)), notes: [] }
  const unpacked = await unpackStudy(file, store.file)
  for (const { path, isContained } of unpacked.manifest.inputs)
    if (isContained) addEntry(store, 'dataset', `${unpacked.manifest.name} · ${path}`, join(unpacked.folder, path))
  const notes = toPlace(unpacked).map(
    ({ kind, path, files }) =>
      `The bundle names the ${kind} ${path} and does not contain it: choose the one on this machine whose ${files.length} files are the same.`,
  )
  return { document: bundleDocument(unpacked, new Map()), notes }
}
