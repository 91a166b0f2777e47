/** All sets there are to choose from: in the box, and what was added. */
import { basename } from 'node:path'
import { bundledPaths, datasetPath, isBundled } from '@main/paths'
import type { Store } from '@main/store/query'
import type { DatasetDetails, DatasetItem, DatasetPage } from '@shared/contract/datasets'
import { GpoError } from '@shared/errors'
import type { Dataset } from '@shared/schemas/dataset'
import { addEntry, changeEntry, getEntry, type LibraryEntry, listEntries } from '../entries'
import { parseColumnMap, rolesOf } from './layout'
import { previewRows } from './preview'
import { findSource } from './source'
import {
  type Columns,
  type DatasetOptions,
  type DatasetSummary,
  datasetOptions,
  failedSummary,
  openDataset,
  stampOf,
} from './summary'

/** A set that changed on disk is read again for the list only if it is smaller; bytes. */
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

const NO_OPTIONS: DatasetOptions = { columns: {}, verifier: null, summary: null }

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

/** The test part that is in the box with a training part. */
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
    evaluationPath: evaluationPathOf(path),
    verifier: summary.verifier && (options.verifier ?? summary.verifier),
  }
}

/** Keeps what was found beside the path. */
function keepSummary(store: Store, { id, path, options }: FoundDataset, summary: DatasetSummary): void {
  if (isBundled(path) || options.summary?.stamp === summary.stamp) return
  changeEntry(store, 'dataset', id, { options: { ...options, summary } })
}

async function summaryOf(store: Store, found: FoundDataset): Promise<DatasetSummary> {
  const { file, options } = found
  try {
    const stamped = await stampOf(file, options.columns)
    if (options.summary?.stamp === stamped.stamp) return options.summary
    const kept = bundledSummaries.get(found.path)
    if (kept?.stamp === stamped.stamp) return kept
    if (stamped.bytes > MAX_REREAD) return { ...failedSummary(stamped, ''), problem: null }
    const { summary } = await openDataset(file, options.columns)
    if (isBundled(found.path)) bundledSummaries.set(found.path, summary)
    keepSummary(store, found, summary)
    return summary
  } catch (error) {
    if (error instanceof GpoError) return failedSummary({ stamp: '', bytes: 0 }, error.message)
    throw error
  }
}

const bundledSummaries = new Map<string, DatasetSummary>()

/** The box first, then what was added, newest first. */
export async function listDatasets(store: Store): Promise<DatasetItem[]> {
  const all = [...bundledPaths('dataset').map(bundled), ...listEntries(store, 'dataset').map(added)]
  const items: DatasetItem[] = []
  for (const found of all) items.push(itemOf(found, await summaryOf(store, found)))
  return items
}

/** @throws {GpoError} 'data' for what cannot be read at all; a set whose columns are not known yet is listed, with the reason */
export async function addDataset(store: Store, path: string): Promise<string> {
  await findSource(path)
  const id = addEntry(store, 'dataset', basename(path) || path, path)
  await describe(store, id)
  return id
}

/** Changes what was chosen about a set. @throws {GpoError} 'usage' for one in the box */
export async function changeDataset(
  store: Store,
  id: string,
  { name, columns, verifier }: { name?: string; columns?: Columns; verifier?: DatasetOptions['verifier'] },
): Promise<void> {
  if (isBundled(id)) throw new GpoError('usage', `${id} is in the box: its columns and its verifier stay as they are.`)
  const { options } = findDataset(store, id)
  const next = { ...options, ...(columns ? { columns } : {}), ...(verifier === undefined ? {} : { verifier }) }
  changeEntry(store, 'dataset', id, { ...(name === undefined ? {} : { name }), options: { ...next } })
  if (columns) await describe(store, id)
}

/** A set's rows as they are in its file. @throws {GpoError} 'notFound', or 'data' where the file cannot be reached */
export async function datasetRows(
  store: Store,
  id: string,
  page: { cursor: number; limit: number },
): Promise<DatasetPage> {
  const found = findDataset(store, id)
  const { layout } = await summaryOf(store, found)
  return previewRows(found.file, { ...page, columns: found.options.columns, layout })
}

export interface UsableDataset {
  readonly item: DatasetItem
  readonly dataset: Dataset
}

/** A set with its rows. @throws {GpoError} 'data' for one that cannot be used, 'notFound' */
export async function usableDataset(store: Store, id: string): Promise<UsableDataset> {
  const found = findDataset(store, id)
  const { summary, dataset } = await openDataset(found.file, found.options.columns)
  if (!dataset) throw new GpoError('data', summary.problem ?? `${found.path} cannot be read.`)
  return { item: itemOf(found, summary), dataset }
}

/** @throws {GpoError} 'notFound', or 'data' where the file cannot be reached */
export async function describe(store: Store, id: string): Promise<DatasetDetails> {
  const found = findDataset(store, id)
  const { summary, dataset } = await openDataset(found.file, found.options.columns)
  keepSummary(store, found, summary)
  const item = itemOf(found, summary)
  if (!dataset) {
    const { files } = await findSource(found.file)
    return { item, files, columnNames: [], roles: item.columns, badRows: [], badRowCount: 0, hasCompletions: false }
  }
  const { files, columns, layout, badRows, badRowCount, examples } = dataset
  const roles = rolesOf(layout, columns, parseColumnMap(item.columns as Record<string, string>))
  const hasCompletions = examples.some(({ completion }) => completion !== undefined)
  return { item, files, columnNames: columns, roles, badRows, badRowCount, hasCompletions }
}
