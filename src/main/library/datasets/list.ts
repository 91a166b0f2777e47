/** All datasets in the list: bundled and added ones. */
import { basename } from 'node:path'
import { bundledPaths, datasetPath, isBundled } from '@main/paths'
import type { Store } from '@main/store/query'
import type { DatasetDetails, DatasetItem, DatasetPage } from '@shared/contract/datasets'
import { assignRole } from '@shared/dataset-roles'
import { GpoError } from '@shared/errors'
import type { Dataset, DatasetRole } from '@shared/schemas/dataset'
import { addEntry, changeEntry, getEntry, type LibraryEntry, listEntries } from '../entries'
import { previewRows } from './preview'
import { findSource } from './read/source'
import {
  type Columns,
  type DatasetOptions,
  type DatasetSummary,
  datasetOptions,
  failedSummary,
  openDataset,
  type ReadAs,
  stampOf,
} from './summary'

/** A dataset that changed on disk is read again for the list only if it is smaller than this; bytes. */
const MAX_REREAD = 20_000_000

interface FoundDataset {
  readonly id: string
  readonly path: string
  /** On disk. */
  readonly file: string
  readonly name: string
  readonly options: DatasetOptions
  readonly addedAt: number | null
}

const NO_OPTIONS: DatasetOptions = { columns: {}, delimiter: null, verifier: null, summary: null }

const readAsOf = ({ columns, delimiter }: DatasetOptions): ReadAs => ({
  columns: columns as Record<string, string>, // a partial record of strings
  ...(delimiter === null ? {} : { delimiter }),
})

const bundled = (path: string): FoundDataset => ({
  ...{ id: path, path, file: datasetPath(path), addedAt: null, options: NO_OPTIONS },
  name: path.slice(path.indexOf(':') + 1),
})

const added = ({ id, name, path, options, addedAt }: LibraryEntry): FoundDataset => ({
  ...{ id, name, path, addedAt, file: path },
  options: datasetOptions(options),
})

/** @throws {GpoError} 'notFound' */
const findDataset = (store: Store, id: string): FoundDataset =>
  isBundled(id) ? bundled(id) : added(getEntry(store, 'dataset', id))

/** The bundled test part that belongs to a training part. */
function evaluationPathOf(path: string): string | null {
  if (!isBundled(path)) return null
  const test = `${path}/test`
  try {
    datasetPath(test)
    return test
  } catch (error) {
    if (error instanceof GpoError) return null
    throw error
  }
}

function itemOf({ id, name, path, options, addedAt }: FoundDataset, summary: DatasetSummary): DatasetItem {
  const { problem, layout, recordKind, rows, usable, bytes } = summary
  return {
    ...{ id, name, path, problem, layout, recordKind, rows, usable, bytes, since: addedAt },
    kind: isBundled(path) ? 'bundled' : 'file',
    columns: options.columns,
    delimiter: options.delimiter,
    evaluationPath: summary.evaluationPart === null ? evaluationPathOf(path) : path,
    evaluationPart: summary.evaluationPart,
    verifier: summary.verifier && (options.verifier ?? summary.verifier),
  }
}

/** Stores the summary beside the path. */
function keepSummary(store: Store, { id, path, options }: FoundDataset, summary: DatasetSummary): void {
  if (isBundled(path) || options.summary?.stamp === summary.stamp) return
  changeEntry(store, 'dataset', id, { options: { summary } })
}

async function summaryOf(store: Store, found: FoundDataset): Promise<DatasetSummary> {
  const { file, options } = found
  try {
    const stamped = await stampOf(file, readAsOf(options))
    if (options.summary?.stamp === stamped.stamp) return options.summary
    const kept = bundledSummaries.get(found.path)
    if (kept?.stamp === stamped.stamp) return kept
    if (stamped.bytes > MAX_REREAD) return { ...failedSummary(stamped, ''), problem: null }
    const { summary } = await openDataset(file, readAsOf(options))
    if (isBundled(found.path)) bundledSummaries.set(found.path, summary)
    keepSummary(store, found, summary)
    return summary
  } catch (error) {
    if (error instanceof GpoError) return failedSummary({ stamp: '', bytes: 0 }, error.message)
    throw error
  }
}

const bundledSummaries = new Map<string, DatasetSummary>()

/** Bundled ones first, then added ones, newest first. */
export async function listDatasets(store: Store): Promise<DatasetItem[]> {
  const all = [...bundledPaths('dataset').map(bundled), ...listEntries(store, 'dataset').map(added)]
  const items: DatasetItem[] = []
  for (const found of all) items.push(itemOf(found, await summaryOf(store, found)))
  return items
}

/** @throws {GpoError} 'data' for an unreadable file; a dataset whose columns are not recognised is listed with the reason */
export async function addDataset(store: Store, path: string): Promise<string> {
  await findSource(path)
  const id = addEntry(store, 'dataset', basename(path) || path, path)
  await describe(store, id)
  return id
}

export interface DatasetChange {
  readonly name?: string
  readonly columns?: Columns
  /** Gives one column, or a path into one, a role; null: none. The other roles stay as they are. */
  readonly assign?: { readonly place: string; readonly role: DatasetRole | null }
  readonly verifier?: DatasetOptions['verifier']
  readonly delimiter?: DatasetOptions['delimiter']
}

/** Changes the choices about a dataset. @throws {GpoError} 'usage' for a bundled one */
export async function changeDataset(
  store: Store,
  id: string,
  { name, columns, assign, ...others }: DatasetChange,
): Promise<void> {
  if (isBundled(id)) throw new GpoError('usage', `${id} is bundled: its columns and its verifier cannot be changed.`)
  const recognised = assign ? await recognisedRoles(store, id) : {}
  // From here to the write nothing is awaited: of two changes, the second begins from what the first has left.
  const chosen = findDataset(store, id).options.columns
  const roles = assign && assignRole(isEmpty(chosen) ? recognised : chosen, assign.place, assign.role)
  const next = columns ?? roles
  const options = { ...(next ? { columns: next } : {}), ...others }
  changeEntry(store, 'dataset', id, { ...(name === undefined ? {} : { name }), options })
  if (next || others.delimiter !== undefined) await describe(store, id)
}

const isEmpty = (columns: Columns): boolean => Object.keys(columns).length === 0

/** The roles that were found from the names, where a person has chosen none. */
async function recognisedRoles(store: Store, id: string): Promise<Columns> {
  const { columns } = findDataset(store, id).options
  return isEmpty(columns) ? (await describe(store, id)).roles : {}
}

/** A dataset's rows as in its file. @throws {GpoError} 'notFound', or 'data' if the file cannot be reached */
export async function datasetRows(
  store: Store,
  id: string,
  page: { cursor: number; limit: number },
): Promise<DatasetPage> {
  const found = findDataset(store, id)
  return previewRows(found.file, { ...page, ...readAsOf(found.options) })
}

export interface UsableDataset {
  readonly item: DatasetItem
  readonly dataset: Dataset
}

/** A dataset with its rows. @throws {GpoError} 'data' for one that cannot be used, 'notFound' */
export async function usableDataset(store: Store, id: string): Promise<UsableDataset> {
  const found = findDataset(store, id)
  const { summary, dataset } = await openDataset(found.file, readAsOf(found.options))
  if (!dataset) throw new GpoError('data', summary.problem ?? `${found.path} cannot be read.`)
  return { item: itemOf(found, summary), dataset }
}

/** @throws {GpoError} 'notFound', or 'data' if the file cannot be reached */
export async function describe(store: Store, id: string): Promise<DatasetDetails> {
  const found = findDataset(store, id)
  const { summary, dataset } = await openDataset(found.file, readAsOf(found.options))
  keepSummary(store, found, summary)
  const item = itemOf(found, summary)
  if (!dataset) {
    const { files } = await findSource(found.file)
    const none = { columnNames: [], unused: [], notes: [], part: null, parts: [], badRows: [], badRowCount: 0 }
    return { item, files: files.map((file) => file.path), roles: item.columns, ...none, hasCompletions: false }
  }
  const { files, columns: columnNames, roles, unused, notes, part, badRows, badRowCount, examples } = dataset
  const parts = dataset.parts.map(({ name }) => name)
  const hasCompletions = examples.some(({ completion }) => completion !== undefined)
  return { item, files, columnNames, roles, unused, notes, part, parts, badRows, badRowCount, hasCompletions }
}
