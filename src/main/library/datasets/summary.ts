/** A summary of a dataset, stored beside its path, so that the list does not read files again. */
import { stat } from 'node:fs/promises'
import { datasetColumnsSchema } from '@shared/contract/datasets'
import { GpoError } from '@shared/errors'
import type { RecordKind } from '@shared/method/offline'
import type { Dataset, DatasetLayout } from '@shared/schemas/dataset'
import { type Delimiter, delimiterSchema } from '@shared/schemas/dataset'
import { type VerifierConfig, verifierSchema } from '@shared/schemas/verifier'
import { z } from 'zod'
import { type LoadOptions, loadDataset } from './load'
import { findSource } from './read/source'
import { evaluationPart } from './read/splits'
import { suggestVerifier } from './suggest-verifier'

export interface DatasetSummary {
  /** Stamp of the files and the mapping it was made from. */
  readonly stamp: string
  readonly bytes: number
  readonly problem: string | null
  readonly layout: DatasetLayout | null
  readonly recordKind: RecordKind | null
  readonly rows: number | null
  readonly usable: number | null
  /** The one that fits; null without reference answers. */
  readonly verifier: VerifierConfig | null
  /** The evaluation part of the dataset; null if there is none. */
  readonly evaluationPart: string | null
}

const summarySchema = z.object({
  stamp: z.string(),
  bytes: z.number(),
  problem: z.string().nullable(),
  layout: z.string().nullable(),
  recordKind: z.string().nullable(),
  rows: z.number().nullable(),
  usable: z.number().nullable(),
  verifier: verifierSchema.nullable(),
  evaluationPart: z.string().nullable(),
})

export type Columns = z.infer<typeof datasetColumnsSchema>

export interface DatasetOptions {
  readonly columns: Columns
  /** The field separator of a CSV file; null: detected from its first lines. */
  readonly delimiter: Delimiter | null
  /** Null: the one that fits. */
  readonly verifier: VerifierConfig | null
  readonly summary: DatasetSummary | null
}

const optionsSchema = z.object({
  columns: datasetColumnsSchema.catch({}).default({}),
  delimiter: delimiterSchema.nullable().catch(null).default(null),
  verifier: verifierSchema.nullable().catch(null).default(null),
  summary: summarySchema.nullable().catch(null).default(null),
})

/** The options of a library entry; invalid ones, from another version, are ignored. */
export function datasetOptions(options: Readonly<Record<string, unknown>>): DatasetOptions {
  return optionsSchema.parse(options) as DatasetOptions // layouts and kinds were written by this program
}

/** How a file is read: which part, and with which columns. As in a plan's `data.train`. */
export type ReadAs = Pick<LoadOptions, 'columns' | 'delimiter' | 'part'>

export interface Stamped {
  readonly stamp: string
  readonly bytes: number
}

/** @throws {GpoError} 'data' if nothing can be read */
export async function stampOf(path: string, { columns = {}, delimiter, part }: ReadAs = {}): Promise<Stamped> {
  const { files } = await findSource(path)
  const infos = await Promise.all(files.map(({ path: file }) => stat(file)))
  const bytes = infos.reduce((sum, { size }) => sum + size, 0)
  const latest = infos.reduce((newest, { mtimeMs }) => Math.max(newest, mtimeMs), 0)
  const mapping = Object.entries(columns).sort(([a], [b]) => (a < b ? -1 : 1))
  return { stamp: JSON.stringify([files.length, bytes, latest, mapping, delimiter ?? null, part ?? null]), bytes }
}

export function summarise({ stamp, bytes }: Stamped, dataset: Dataset): DatasetSummary {
  const { layout, kind, rows, examples, parts } = dataset
  const verifier = kind === 'verifiable' ? suggestVerifier(layout, examples) : null
  return {
    ...{ stamp, bytes, problem: null, layout, recordKind: kind, rows, usable: examples.length, verifier },
    evaluationPart: evaluationPart(parts.map(({ name }) => name)),
  }
}

export const failedSummary = ({ stamp, bytes }: Stamped, problem: string): DatasetSummary => ({
  ...{ stamp, bytes, problem },
  ...{ layout: null, recordKind: null, rows: null, usable: null, verifier: null, evaluationPart: null },
})

interface Opened {
  readonly summary: DatasetSummary
  /** Null if the summary has a problem. */
  readonly dataset: Dataset | null
}

/** The most recently used datasets, in memory. */
const MAX_OPEN = 2
const open = new Map<string, Promise<Opened>>()

async function read(path: string, as: ReadAs, stamped: Stamped): Promise<Opened> {
  try {
    const dataset = await loadDataset(path, as)
    return { summary: summarise(stamped, dataset), dataset }
  } catch (error) {
    if (!(error instanceof GpoError)) throw error
    return { summary: failedSummary(stamped, error.message), dataset: null }
  }
}

/** Reads a dataset, or returns it from memory. @throws {GpoError} 'data' where the file cannot be reached */
export async function openDataset(path: string, as: ReadAs): Promise<Opened> {
  const stamped = await stampOf(path, as)
  const key = `${path}\n${stamped.stamp}`
  const known = open.get(key) ?? read(path, as, stamped)
  open.delete(key)
  open.set(key, known)
  known.catch(() => open.delete(key))
  const oldest = open.keys().next().value
  if (open.size > MAX_OPEN && oldest !== undefined) open.delete(oldest)
  return known
}
