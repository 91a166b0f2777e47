/** `gpo study`: arms × seeds × tasks from a file, run as a queue that can be paused, killed and continued. */
import { databaseFile } from '@main/paths'
import { recoverInterrupted } from '@main/runs/prepare'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { getStudy, getStudyHead, type StudyHead, type StudyRecord } from '@main/store/studies'
import { beginStudy, begunStudy } from '@main/studies/begin'
import { recoverStudies } from '@main/studies/recover'
import { removeStudy } from '@main/studies/remove'
import { GpoError } from '@shared/errors'
import type { Study } from '@shared/schemas/study'
import { shellWord } from '@shared/shell-word'
import type { Output } from './output'
import { bundleStudy, type DocumentFlags, documentOf, fileOfRun, isFile, type OfRunFlags } from './study-files'
import { checkedStudy, listStudies, type ReportFlags, reportStudy, showProblems } from './study-report'
import { runStudy } from './study-run'
import type { StoreOptions } from './train'

export interface StudyFlags extends StoreOptions, ReportFlags, OfRunFlags, DocumentFlags {
  readonly list?: boolean
  readonly check?: boolean
  readonly report?: boolean
  readonly of?: string
  readonly bundle?: string
  readonly problems?: string
  readonly remove?: 'keep-runs' | 'runs'
}

type StartFlags = StoreOptions & Pick<StudyFlags, 'check' | 'bundle'>

const flagOf = ({ db }: StoreOptions) => (db ? ` --db ${shellWord(db)}` : '')

/** Starts the study of a file, or continues the one that it began. */
async function startStudy(store: Store, file: string, flags: StudyFlags, output: Output): Promise<number> {
  return startDocument(store, await documentOf(store, file, flags, output), flags, output)
}

async function startDocument(store: Store, document: Study, flags: StartFlags, output: Output): Promise<number> {
  const begun = begunStudy(store, document)
  if (!begun || flags.check) await checkedStudy(store, document, output)
  if (flags.bundle !== undefined) await bundleStudy(store, document, begun, flags.bundle, output)
  if (flags.check || flags.bundle !== undefined) return 0
  return continueStudy(store, begun ?? beginStudy(store, document), flags, output)
}

function continueStudy(store: Store, study: StudyRecord, flags: StoreOptions, output: Output): Promise<number> {
  output.note(`study ${study.id}: ${study.name}`)
  return runStudy({ store, study, output, inspect: flags }, `gpo study ${shellWord(study.name)}${flagOf(flags)}`)
}

/** What a person named: a file, or a study that has begun. */
async function named(store: Store, wanted: string, flags: StudyFlags, output: Output): Promise<number> {
  const isAsked = flags.report || flags.remove || flags.problems !== undefined
  if (!isAsked && isFile(wanted)) return startStudy(store, wanted, flags, output)
  if (flags.remove && !isFile(wanted)) return removed(store, getStudyHead(store, wanted), flags.remove, output)
  const study = getStudy(store, isFile(wanted) ? (await documentOf(store, wanted, flags, output)).name : wanted)
  if (flags.report) return reportStudy(store, study, flags, output)
  if (flags.problems !== undefined) return showProblems(store, study, flags.problems, flags.task, output)
  if (flags.check) await checkedStudy(store, study.document, output)
  if (flags.bundle !== undefined) await bundleStudy(store, study.document, study, flags.bundle, output)
  if (flags.check || flags.bundle !== undefined) return 0
  if (flags.remove) return removed(store, study, flags.remove, output)
  return continueStudy(store, study, flags, output)
}

function removed(store: Store, { id, name }: StudyHead, which: 'keep-runs' | 'runs', output: Output): number {
  const runs = removeStudy(store, id, which === 'runs' ? 'delete' : 'keep')
  output.json({ study: id, removed: true, runs })
  output.line(`study ${name} removed; its ${runs} runs were ${which === 'runs' ? 'removed too' : 'kept'}`)
  return 0
}

/** `gpo demo --compare`: the example's study, begun or continued. */
export async function studyOf(document: Study, flags: StoreOptions, output: Output): Promise<number> {
  const store = openStore(databaseFile(flags.db))
  try {
    recoverInterrupted(store)
    recoverStudies(store)
    return await startDocument(store, document, flags, output)
  } finally {
    store.close()
  }
}

export async function study(wanted: string | undefined, flags: StudyFlags, output: Output): Promise<number> {
  const store = openStore(databaseFile(flags.db))
  try {
    recoverInterrupted(store)
    recoverStudies(store)
    if (flags.list) return listStudies(store, output)
    if (flags.of !== undefined) return await startStudy(store, fileOfRun(store, flags.of, flags, output), flags, output)
    if (wanted === undefined)
      throw new GpoError('usage', 'name a study: a file, the name of one that has begun, --of RUN, or --list')
    return await named(store, wanted, flags, output)
  } finally {
    store.close()
  }
}
