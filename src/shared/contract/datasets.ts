/** Datasets: recognised, mapped, tried. */
import { z } from 'zod'
import { type BadRow, DATASET_ROLES, type DatasetLayout, type DatasetRole, type RecordKind } from '../schemas/dataset'
import { type VerdictStatus, type VerifierConfig, verifierSchema } from '../schemas/verifier'
import { asked, done, oc, type } from './base'
import { libraryId } from './models'
import { grantId } from './system'

/** Role to the name of a column: a plan's `data.*.columns`. */
export type DatasetColumns = Readonly<Partial<Record<DatasetRole, string>>>
export const datasetColumnsSchema = z.partialRecord(z.enum(DATASET_ROLES), z.string().max(10_000))

export interface DatasetItem {
  readonly id: string
  readonly name: string
  /** What a plan's `data.train.path` takes. */
  readonly path: string
  readonly kind: 'bundled' | 'file'
  /** Why it cannot be used; null if it can. */
  readonly problem: string | null
  /** A plan's `data.train.columns`; empty where the layout was recognised. */
  readonly columns: DatasetColumns
  /** A part kept for evaluation, as a plan's `data.eval.path` takes it; null where there is none. */
  readonly evaluationPath: string | null
  /** The one that was chosen, or fits the set; null where it has no reference answers. */
  readonly verifier: VerifierConfig | null
  readonly layout: DatasetLayout | null
  readonly recordKind: RecordKind | null
  /** Records in the file, the bad ones included; null where it could not be read. */
  readonly rows: number | null
  readonly usable: number | null
  readonly bytes: number | null
  /** Added to the list; null for what is in the box. */
  readonly since: number | null
}

export interface DatasetDetails {
  readonly item: DatasetItem
  readonly files: readonly string[]
  /** Names of all columns: data, not to be trusted. */
  readonly columnNames: readonly string[]
  /** Which column plays which part, chosen or recognised. */
  readonly roles: DatasetColumns
  /** The first thousand rows that cannot be used. */
  readonly badRows: readonly BadRow[]
  readonly badRowCount: number
  readonly hasCompletions: boolean
}

/** A row of the file as it is. */
export interface DatasetRow {
  /** From 0. */
  readonly row: number
  /** From 1: the line in the file, or the number of the record. */
  readonly line: number
  /** By the page's columns; null where the row has none. Long ones end in "…". */
  readonly cells: readonly (string | null)[]
  /** Why it cannot be used; null if it can. */
  readonly problem: string | null
}

export interface DatasetPage {
  readonly columns: readonly string[]
  readonly rows: readonly DatasetRow[]
  /** Where the next page begins; null after the last. */
  readonly next: number | null
}

/** One row's own answer, judged as if the model had written it. */
export interface JudgedRow {
  readonly row: number
  readonly completion: string
  readonly reference: string
  readonly extracted: string | null
  readonly status: VerdictStatus
  /** Why the reference answer cannot be read; null if it can. */
  readonly problem: string | null
}

export interface VerifierTrial {
  readonly verifier: VerifierConfig
  /** How many rows were judged before the time was over, of how many. */
  readonly tried: number
  readonly total: number
  readonly statuses: Readonly<Record<VerdictStatus, number>>
  /** Those that were not judged correct first. */
  readonly rows: readonly JudgedRow[]
}

export interface LengthBins {
  /** Tokens: bin i counts lengths from `edges[i]` up to, without, `edges[i + 1]`. */
  readonly edges: readonly number[]
  readonly counts: readonly number[]
  readonly min: number
  readonly median: number
  readonly p95: number
  readonly max: number
}

export interface DatasetLengths {
  /** Rows that were counted: all of them, or the first ones. */
  readonly counted: number
  readonly total: number
  readonly prompt: LengthBins
  /** Of the completion where there is one, of the reference where there is none. */
  readonly answer: LengthBins
  readonly answerIs: 'completion' | 'reference'
  /** Tokens the model has room for, and rows that need more. */
  readonly context: number
  readonly tooLong: number
}

export interface BatchToken {
  readonly id: number
  readonly text: string
}

/** One sequence as the model gets it. */
export interface BatchSequence {
  readonly row: number
  /** What it is, where a row has more than one. */
  readonly label: string | null
  readonly prompt: readonly BatchToken[]
  /** With the token that ends a text; empty where the model writes the completion itself. */
  readonly completion: readonly BatchToken[]
  readonly reference: string
}

export interface DatasetBatch {
  readonly sequences: readonly BatchSequence[]
  readonly hasChatTemplate: boolean
}

const entry = z.strictObject({ id: libraryId })
export const datasetsContract = {
  list: asked.output(type<readonly DatasetItem[]>()),
  get: oc.input(entry).output(type<DatasetDetails>()),
  /** Adds a file or folder that was chosen; one that is listed already stays as it is. */
  add: oc.input(z.strictObject({ grant: grantId })).output(type<{ readonly id: string }>()),
  update: oc
    .input(
      z.strictObject({
        id: libraryId,
        name: z.string().trim().min(1).max(200).optional(),
        columns: datasetColumnsSchema.optional(),
        /** Null: the one that fits the set. */
        verifier: verifierSchema.nullable().optional(),
      }),
    )
    .output(done),
  /** Takes it off the list; its file stays where it is. */
  remove: oc.input(entry).output(done),
  /** Takes `remove` back, until the program ends. */
  restore: oc.input(entry).output(done),
}
