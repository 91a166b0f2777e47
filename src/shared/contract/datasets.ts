/** Datasets: recognised, mapped, tried. */

import { z } from 'zod'
import type { RecordKind } from '../method/offline'
import {
  type BadRow,
  DATASET_ROLES,
  type DatasetLayout,
  type DatasetRole,
  type Delimiter,
  delimiterSchema,
} from '../schemas/dataset'
import { type Verdict, type VerdictStatus, type VerifierConfig, verifierSchema } from '../schemas/verifier'
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
  /** What separates its fields, as it was chosen; null: told from its beginning. */
  readonly delimiter: Delimiter | null
  /** A part kept for evaluation, as a plan's `data.eval.path` takes it; null where there is none. */
  readonly evaluationPath: string | null
  /** The plan's `data.eval.part`, where that path holds the training part too. */
  readonly evaluationPart: string | null
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
  /** Columns, and fields beside used ones, that nothing is read from. */
  readonly unused: readonly string[]
  /** Sentences on how it was read. */
  readonly notes: readonly string[]
  /** The part that is trained on, of `parts`; null where it has none. */
  readonly part: string | null
  readonly parts: readonly string[]
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
  /** The first sixty, of `columnCount`. */
  readonly columns: readonly string[]
  readonly columnCount: number
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
  /** What else the answer or the reference could mean, where it can be read in two ways; null if it cannot. */
  readonly note: string | null
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
  /** Tokens the model has room for, and rows that need more: prompt, completion and its end, or a prompt that leaves no room. */
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
  readonly promptLength: number
  /** With the token that ends a text; empty where the model writes the completion itself. Long ones are shown in part. */
  readonly completion: readonly BatchToken[]
  readonly completionLength: number
  readonly reference: string
}

export interface DatasetBatch {
  readonly sequences: readonly BatchSequence[]
  readonly hasChatTemplate: boolean
}

const entry = z.strictObject({ id: libraryId })
const tokenised = z.strictObject({
  id: libraryId,
  /** Path of a listed model. */
  model: z.string().min(1).max(4096),
  template: z.string().max(100_000).default('{prompt}'),
  chatTemplate: z.boolean().default(false),
})

/** Bytes a file may have that comes in over the browser, and bytes of one part of it. */
export const MAX_UPLOAD = 2_000_000_000
export const UPLOAD_PART = 1 << 20
const uploadId = z.string().regex(/^upload-[\w-]{20,40}$/, { error: 'expected an upload that was begun' })

export const datasetsContract = {
  list: asked.output(type<readonly DatasetItem[]>()),
  get: oc.input(entry).output(type<DatasetDetails>()),
  /** Adds a file or folder that was chosen; one that is listed already stays as it is. */
  add: oc.input(z.strictObject({ grant: grantId })).output(type<{ readonly id: string }>()),
  /** A file that a browser reads, in parts: begin, then parts in order, then finish. */
  beginUpload: oc
    .input(z.strictObject({ name: z.string().min(1).max(255), bytes: z.number().int().min(0) }))
    .output(type<{ readonly upload: string }>()),
  uploadPart: oc
    .input(
      z.strictObject({
        upload: uploadId,
        offset: z.number().int().min(0),
        data: z.base64().max(Math.ceil(UPLOAD_PART / 3) * 4),
      }),
    )
    .output(done),
  finishUpload: oc.input(z.strictObject({ upload: uploadId })).output(type<{ readonly id: string }>()),
  cancelUpload: oc.input(z.strictObject({ upload: uploadId })).output(done),
  update: oc
    .input(
      z.strictObject({
        id: libraryId,
        name: z.string().trim().min(1).max(200).optional(),
        columns: datasetColumnsSchema.optional(),
        /** Null: told from the file's beginning. */
        delimiter: delimiterSchema.nullable().optional(),
        /** Null: the one that fits the set. */
        verifier: verifierSchema.nullable().optional(),
      }),
    )
    .output(done),
  /** Takes it off the list; its file stays where it is. */
  remove: oc.input(entry).output(done),
  /** Takes `remove` back, until the program ends. */
  restore: oc.input(entry).output(done),
  rows: oc
    .input(
      z.strictObject({
        id: libraryId,
        cursor: z.number().int().min(0).default(0),
        limit: z.number().int().min(1).max(200).default(100),
      }),
    )
    .output(type<DatasetPage>()),
  /** Judges the rows' own answers. */
  tryVerifier: oc
    .input(z.strictObject({ id: libraryId, verifier: verifierSchema.optional() }))
    .output(type<VerifierTrial>()),
  /** Judges a completion that a person wrote. */
  judge: oc
    .input(
      z.strictObject({
        verifier: verifierSchema,
        completion: z.string().max(100_000),
        reference: z.string().max(100_000),
        isTruncated: z.boolean().default(false),
      }),
    )
    .output(type<Verdict & { readonly problem: string | null }>()),
  lengths: oc.input(tokenised).output(type<DatasetLengths>()),
  batch: oc.input(tokenised).output(type<DatasetBatch>()),
}
