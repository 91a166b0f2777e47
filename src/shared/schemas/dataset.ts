import { z } from 'zod'
import type { RecordKind } from '../method/offline'

/** One turn of a conversation, as in the field's `messages` columns. */
export interface ChatMessage {
  readonly role: string
  readonly content: string
}

/** A row as the trainer sees it: the prompt, and the reference for its answer. */
export interface Example {
  /** Line in the file, from 0 (in a CSV file the header is line 0); the number of the record in JSON and Parquet, and where a part has several files. */
  readonly row: number
  readonly prompt: string
  /** Reference answer for the verifier; empty if the layout has none. */
  readonly reference: string
  /** A completion to imitate (SFT), if the layout has one. */
  readonly completion?: string
  /** A better and a worse completion, if the layout has pairs. */
  readonly chosen?: string
  readonly rejected?: string
  /** Whether `completion` is desirable, if the layout says so. */
  readonly label?: boolean
  /** The prompt as a conversation, for the tokenizer's chat template, if the data has that form. */
  readonly messages?: readonly ChatMessage[]
  /** Rows of one group stay together when part of the data is held out. */
  readonly group?: string
}

/** A row of a preference set; `completion` is the chosen answer. */
export interface PreferenceExample extends Example {
  readonly completion: string
  readonly chosen: string
  readonly rejected: string
}

/** A row of an unpaired preference set. The completion is one to imitate only where `label` is true. */
export interface UnpairedExample extends Example {
  readonly completion: string
  /** True: desirable. */
  readonly label: boolean
}

/** A row of a prompt and completion set. */
interface CompletionExample extends Example {
  readonly completion: string
}

/** The kind of rows, found from the rows themselves, because a trainer gets them without their dataset. */
export function recordKindOf(examples: readonly Example[]): RecordKind {
  if (examples.some(({ chosen }) => chosen !== undefined)) return 'preference'
  if (examples.some(({ label }) => label !== undefined)) return 'unpaired'
  return examples.some(({ reference }) => reference !== '') ? 'verifiable' : 'completion'
}

/** The layouts that are recognised by their columns. */
export type DatasetLayout =
  | 'gsm8k'
  | 'math'
  | 'bbh'
  | 'mmlu'
  | 'prompt-answer'
  | 'question-answer'
  | 'preference'
  | 'unpaired'
  | 'prompt-completion'
  | 'messages'

/** What a column can be mapped to. */
export const DATASET_ROLES = [
  'prompt',
  'answer',
  'chosen',
  'rejected',
  'completion',
  'label',
  'choices',
  'system',
  'context',
  'history',
  'group',
] as const
export type DatasetRole = (typeof DATASET_ROLES)[number]

/** What may separate the fields of a CSV file. */
export const DELIMITERS = [',', ';', '\t', '|'] as const
export const delimiterSchema = z.enum(DELIMITERS)
export type Delimiter = z.infer<typeof delimiterSchema>

/** A row that cannot be used. */
export interface BadRow {
  /** From 1: the line in a JSON Lines or CSV file, the number of the record in JSON and Parquet. */
  readonly line: number
  readonly reason: string
}

/** A part of a set: train, validation, test. */
export interface DatasetPart {
  readonly name: string
  /** Its files; none if all parts are in one file. */
  readonly files: readonly string[]
}

interface DatasetFacts {
  readonly layout: DatasetLayout
  /** Records read, including bad ones. */
  readonly rows: number
  /** The first thousand of them. */
  readonly badRows: readonly BadRow[]
  readonly badRowCount: number
  /** Names of all columns. */
  readonly columns: readonly string[]
  /** What each role was read from: a column, a path to a field, or several with commas between them. */
  readonly roles: Readonly<Partial<Record<DatasetRole, string>>>
  /** Unused columns, and unused fields beside used ones. */
  readonly unused: readonly string[]
  /** Sentences on how it was read: encoding, delimiter, what was left out, unused columns that may matter. */
  readonly notes: readonly string[]
  /** The part that was read; null where the set has no parts. */
  readonly part: string | null
  readonly parts: readonly DatasetPart[]
  /** The files read, in order. */
  readonly files: readonly string[]
}

/** The record kinds with the examples each of them has. */
export type TypedExamples =
  | { readonly kind: 'verifiable'; readonly examples: readonly Example[] }
  | { readonly kind: 'preference'; readonly examples: readonly PreferenceExample[] }
  | { readonly kind: 'unpaired'; readonly examples: readonly UnpairedExample[] }
  | { readonly kind: 'completion'; readonly examples: readonly CompletionExample[] }

export type Dataset = DatasetFacts & TypedExamples
