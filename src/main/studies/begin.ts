/** Makes a study, or finds the one that a document began. */
import type { Store } from '@main/store/query'
import { createStudy, findStudy, type StudyRecord } from '@main/store/studies'
import { GpoError } from '@shared/errors'
import type { Study } from '@shared/schemas/study'
import { shown } from '@shared/shown'
import { cellsOf } from '@shared/study/cells'
import { studyDifferences } from '@shared/study/differences'

/** A document that has begun is fixed: results that are looked at must not change what is measured. @throws {GpoError} 'usage' naming every difference */
function refuseChanged({ name, document }: StudyRecord, now: Study): void {
  const changes = studyDifferences(document, now)
  if (changes.length === 0) return
  throw new GpoError(
    'usage',
    `the study ${shown(name)} has begun with another document: ${changes.join('; ')}. Put that back to continue it, or give the study another name`,
  )
}

/** The study that began with this document; null if there is none of its name. @throws {GpoError} 'usage' if the document has changed */
export function begunStudy(store: Store, document: Study): StudyRecord | null {
  const found = findStudy(store, document.name)
  if (!found || found.name !== document.name) return null
  refuseChanged(found, document)
  return found
}

/** A new one, queued. Its document was checked before. */
export const beginStudy = (store: Store, document: Study): StudyRecord =>
  createStudy(store, document, cellsOf(document))
