/** Datasets: their layouts, column roles, verifiers and lengths. */

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
import type { TokenLabel } from './playground'
import { grantId } from './system'

/** Role to the name of a column: a plan's `data.*.columns`. */
export type DatasetColumns = Readonly<Partial<Record<DatasetRole, string>>>
export const datasetColumnsSchema = z.partialRecord(z.enum(DATASET_ROLES), z.string().max(10_000))

export interface DatasetItem {
  readonly id: string
  readonly name: string
  /** As in a plan's `data.train.path`. */
  readonly path: string
  readonly kind: 'bundled' | 'file'
  /** Why it cannot be used; null if it can. */
  readonly problem: string | null
  /** As in a plan's `data.train.columns`; empty if the layout was recognised. */
  readonly columns: DatasetColumns
  /** The chosen field separator; null: detected from the first lines. */
  readonly delimiter: Delimiter | null
  /** The evaluation part, as in a plan's `data.eval.path`; null if there is none. */
  readonly evaluationPath: string | null
  /** As in a plan's `data.eval.part`, if that path also contains the training part. */
  readonly evaluationPart: string | null
  /** The chosen verifier, or the one that fits the dataset; null if it has no reference answers. */
  readonly verifier: VerifierConfig | null
  readonly layout: DatasetLayout | null
  readonly recordKind: RecordKind | null
  /** Records in the file, including bad ones; null if it could not be read. */
  readonly rows: number | null
  readonly usable: number | null
  readonly bytes: number | null
  /** When it was added to the list; null for a bundled one. */
  readonly since: number | null
}

export interface DatasetDetails {
  readonly item: DatasetItem
  readonly files: readonly string[]
  /** Names of all columns; they are untrusted data. */
  readonly columnNames: readonly string[]
  /** Which column has which role, chosen or recognised. */
  readonly roles: DatasetColumns
  /** Unused columns, and unused fields beside used ones. */
  readonly unused: readonly string[]
  /** Sentences on how the file was read. */
  readonly notes: readonly string[]
  /** The part of `parts` used for training; null if there are no parts. */
  readonly part: string | null
  readonly parts: readonly string[]
  /** The first thousand rows that cannot be used. */
  readonly badRows: readonly BadRow[]
  readonly badRowCount: number
  readonly hasCompletions: boolean
}

/** A row as in the file. */
export interface DatasetRow {
  /** From 0: see `Example`. */
  readonly row: number
  /** From 1: the line in the file, or the number of the record. */
  readonly line: number
  /** In the order of the page's columns; null where the row has no value. Long values end in "…". */
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
  /** A second reading of an ambiguous answer or reference; null if it is not ambiguous. */
  readonly note: string | null
}

export interface VerifierTrial {
  readonly verifier: VerifierConfig
  /** Rows judged within the time limit, and all rows. */
  readonly tried: number
  readonly total: number
  readonly statuses: Readonly<Record<VerdictStatus, number>>
  /** Rows not judged correct come first. */
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
  /** Rows whose tokens were counted: all, or the first ones. */
  readonly counted: number
  readonly total: number
  readonly prompt: LengthBins
  /** Lengths of the completion, or of the reference if there is no completion. */
  readonly answer: LengthBins
  readonly answerIs: 'completion' | 'reference'
  /**
   * The model's context in tokens, and the number of rows that exceed it with prompt, completion and end token, or whose prompt leaves no room.
   */
  readonly context: number
  readonly tooLong: number
}

export interface BatchToken extends TokenLabel {
  readonly id: number
}

/** One sequence as the model sees it. */
export interface BatchSequence {
  readonly row: number
  /** Which of the row's sequences it is, if there are several. */
  readonly label: string | null
  readonly prompt: readonly BatchToken[]
  readonly promptLength: number
  /** Ends with the end-of-text token; empty if the model writes the completion. Long ones are shown in part. */
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

/** Largest file that a browser may upload, and the size of one part of it, in bytes. */
export const MAX_UPLOAD = 2_000_000_000
export const UPLOAD_PART = 1 << 20
const uploadId = z.string().regex(/^upload-[\w-]{20,40}$/, { error: 'expected an upload that was begun' })

export const datasetsContract = {
  list: asked.output(type<readonly DatasetItem[]>()),
  get: oc.input(entry).output(type<DatasetDetails>()),
  /** Adds a chosen file or folder; one that is already listed is not changed. */
  add: oc.input(z.strictObject({ grant: grantId })).output(type<{ readonly id: string }>()),
  /** Uploads a file from a browser in parts: begin, then the parts in order, then finish. */
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
        /** All roles; empty: those that are recognised by name. */
        columns: datasetColumnsSchema.optional(),
        /** One role of a column, or of a path into one; null: none. */
        assign: z.strictObject({ place: z.string().max(10_000), role: z.enum(DATASET_ROLES).nullable() }).optional(),
        /** Null: detected from the file's first lines. */
        delimiter: delimiterSchema.nullable().optional(),
        /** Null: the one that fits the dataset. */
        verifier: verifierSchema.nullable().optional(),
      }),
    )
    .output(done),
  /** Removes it from the list; its file is kept. */
  remove: oc.input(entry).output(done),
  /** Undoes `remove`, until the program ends. */
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
