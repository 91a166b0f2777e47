/** `gpo study`: arms × seeds × tasks from a file, run as a queue that can be paused, killed and continued. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { databaseFile } from '@main/paths'
import { recoverInterrupted } from '@main/runs/prepare'
import { openStore } from '@main/store/open'
import type { Store } from '@main/store/query'
import { getStudy, type StudyRecord } from '@main/store/studies'
import { beginStudy, begunStudy } from '@main/studies/begin'
import { readStudy } from '@main/studies/document'
import { fileStem } from '@main/studies/export'
import { guidanceStudyOf, sweepStudyOf } from '@main/studies/of-run'
import { recoverStudies } from '@main/studies/recover'
import { removeStudy } from '@main/studies/remove'
import { GpoError } from '@shared/errors'
import type { Study } from '@shared/schemas/study'
import { shellWord } from '@shared/shell-word'
import { findNamed } from './model'
import type { Output } from './output'
import { checkedStudy, listStudies, type ReportFlags, reportStudy } from './study-report'
import { runStudy } from './study-run'
import type { StoreOptions } from './train'

export interface StudyFlags extends StoreOptions, ReportFlags {
  readonly list?: boolean
  readonly check?: boolean
  readonly report?: boolean
  readonly of?: string
  readonly seeds: number
  readonly sweep?: string
  readonly out?: string
  readonly remove?: 'keep-runs' | 'runs'
}

const isFile = (path: string) => existsSync(path) && statSync(path).isFile()

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

/** Makes the file of `--of`. @returns its path */
function fileOfRun(store: Store, run: string, { seeds, sweep, out }: StudyFlags, output: Output): string {
  const study =
    sweep === undefined ? guidanceStudyOf(store, run, seeds) : sweepStudyOf(store, run, { ...sweepOf(sweep), seeds })
  const file = resolve(out ?? `${fileStem(study.name)}.json`)
  writeStudy(file, study)
  output.note(`the study is in ${file}`)
  return file
}

const flagOf = ({ db }: StoreOptions) => (db ? ` --db ${shellWord(db)}` : '')

/** Starts the study of a file, or continues the one that it began. */
async function startStudy(store: Store, file: string, flags: StudyFlags, output: Output): Promise<number> {
  const document = readStudy(file, (name) => findNamed(name, flags.db))
  const begun = begunStudy(store, document)
  if (!begun || flags.check) await checkedStudy(store, document, output)
  if (flags.check) return 0
  return continueStudy(store, begun ?? beginStudy(store, document), flags, output)
}

function continueStudy(store: Store, study: StudyRecord, flags: StudyFlags, output: Output): Promise<number> {
  output.note(`study ${study.id}: ${study.name}`)
  return runStudy({ store, study, output, inspect: flags }, `gpo study ${shellWord(study.name)}${flagOf(flags)}`)
}

/** What a person named: a file, or a study that has begun. */
async function named(store: Store, wanted: string, flags: StudyFlags, output: Output): Promise<number> {
  if (!flags.report && !flags.remove && isFile(wanted)) return startStudy(store, wanted, flags, output)
  const study = getStudy(store, isFile(wanted) ? readStudy(wanted).name : wanted)
  if (flags.report) return reportStudy(store, study, flags, output)
  if (flags.check) {
    await checkedStudy(store, study.document, output)
    return 0
  }
  if (!flags.remove) return continueStudy(store, study, flags, output)
  const runs = removeStudy(store, study.id, flags.remove === 'runs' ? 'delete' : 'keep')
  output.json({ study: study.id, removed: true, runs })
  output.line(`study ${study.name} removed; its ${runs} runs were ${flags.remove === 'runs' ? 'removed too' : 'kept'}`)
  return 0
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
