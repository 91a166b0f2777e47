/** Exports, and the import of run bundles. */
import { z } from 'zod'
import type { Measured } from '../best-evaluation'
import { asked, done, eventIterator, oc, runId, type } from './base'
import { grantId } from './system'

export const EXPORT_FORMATS = [
  'safetensors',
  'adapter',
  'gguf',
  'gguf-adapter',
  'pairs',
  'unpaired',
  'stepwise',
  'trl',
  'cluster',
  'tensorboard',
  'collection',
  'bundle',
] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** Formats that are written as a folder; the others are one file. */
export const FOLDER_FORMATS: readonly ExportFormat[] = [
  'safetensors',
  'adapter',
  'trl',
  'cluster',
  'tensorboard',
  'collection',
]

/** Formats that are models or adapters, which this program reads itself. */
export const MODEL_FORMATS: readonly ExportFormat[] = ['safetensors', 'adapter', 'gguf']

const dtype = z.enum(['F32', 'F16', 'BF16'])
/** Q8_0, blocks of 32 bytes with a scale, is llama.cpp's: GGUF only. */
const ggufType = z.enum(['F32', 'F16', 'BF16', 'Q8_0'])
export type ExportDtype = z.infer<typeof ggufType>

/** Iterations done when the checkpoint was written. */
const checkpoint = z.number().int().min(0)
/** The state before the critical step, or every state that has continuations. Without GPO there is one: the prompt. */
const states = z.enum(['critical', 'all'])

const pairs = {
  states,
  /** Most pairs taken from one state. */
  perState: z.number().int().min(1).max(1000),
  /** Which pairs: those of the run's trajectories, those a person saved, or both. */
  source: z.enum(['recorded', 'saved', 'both']),
}

export const exportRequestSchema = z.discriminatedUnion('format', [
  z.strictObject({ format: z.literal('safetensors'), checkpoint, dtype }),
  z.strictObject({ format: z.literal('adapter'), checkpoint, dtype }),
  z.strictObject({ format: z.literal('gguf'), checkpoint, dtype: ggufType }),
  z.strictObject({ format: z.literal('gguf-adapter'), checkpoint, dtype }),
  z.strictObject({ format: z.literal('pairs'), ...pairs }),
  /** A folder with the pairs and all that training on them with TRL needs. */
  z.strictObject({ format: z.literal('trl'), ...pairs }),
  /** A folder that continues the run on a cluster: records, rows, settings, scripts, jobs. */
  z.strictObject({ format: z.literal('cluster'), ...pairs }),
  z.strictObject({ format: z.literal('unpaired'), states }),
  z.strictObject({ format: z.literal('stepwise') }),
  z.strictObject({ format: z.literal('tensorboard') }),
  /** A folder with all trajectories, values and pairs in checksummed shards. */
  z.strictObject({ format: z.literal('collection') }),
  z.strictObject({ format: z.literal('bundle') }),
])
export type ExportRequest = z.infer<typeof exportRequestSchema>
export type ExportRequestOf<F extends ExportFormat> = Extract<ExportRequest, { format: F }>

export interface ExportCheckpoint {
  readonly iteration: number
  readonly bytes: number
  /** On held-out rows at that iteration; null where it was not evaluated. */
  readonly evaluation: Measured | null
  readonly isLast: boolean
  /** Of the run's best evaluation. */
  readonly isBest: boolean
}

export interface ExportOptions {
  readonly checkpoints: readonly ExportCheckpoint[]
  /** The run's best evaluation, whose checkpoint may not have been kept; null where it was not evaluated. */
  readonly best: Measured | null
  readonly adaptation: 'full' | 'lora'
  readonly isGuided: boolean
  readonly trajectories: number
  readonly savedPairs: number
  /** Why a format is not available; available formats are not in it. */
  readonly refused: Readonly<Partial<Record<ExportFormat, string>>>
}

/** What an export will contain, before it is written. */
export interface ExportPreview {
  readonly bytes: number
  /** False: an estimate. */
  readonly isExact: boolean
  /** Unit of the count: tensors, pairs, rows, trajectories. */
  readonly count: number
  readonly unit: string
  /** The first record, as it will be written; only for training data. */
  readonly sample: string | null
}

/** Where an export would go. */
export interface Destination {
  readonly path: string
  /** A file of that name exists and would be replaced. */
  readonly isReplacing: boolean
  /** Bytes free on that disk; null where the system does not say. */
  readonly freeBytes: number | null
  /** Why the destination cannot be used; null if it can. */
  readonly problem: string | null
}

export interface ExportOutcome {
  readonly out: string
  readonly bytes: number
  readonly count: number
  readonly unit: string
  /** Largest difference between the intended values and those read back. */
  readonly maxDifference: number
  /** How it was verified, in a sentence. */
  readonly verified: string
  /** What to do next: a sentence, and a command or code to copy. */
  readonly next: readonly { readonly text: string; readonly code: string }[]
}

export interface ImportOutcome {
  readonly id: string
  readonly name: string
  readonly trajectories: number
}

/** An export or import, kept from its start until another one starts. */
export interface Transfer {
  readonly kind: 'export' | 'import'
  readonly state: 'running' | 'done' | 'failed' | 'cancelled'
  /** The run's name, or the bundle's file. */
  readonly subject: string
  readonly run: string | null
  readonly format: ExportFormat
  readonly path: string
  /** The current phase, as a label. */
  readonly label: string
  readonly done: number
  /** 0 where it is not known. */
  readonly total: number
  readonly seconds: number
  readonly exported: ExportOutcome | null
  readonly imported: ImportOutcome | null
  readonly error: string | null
}

export const exportsContract = {
  options: oc.input(z.strictObject({ run: runId })).output(type<ExportOptions>()),
  /** Size and count; reads the run's trajectories for the formats made of them. */
  preview: oc.input(z.strictObject({ run: runId, request: exportRequestSchema })).output(type<ExportPreview>()),
  destination: oc.input(z.strictObject({ grant: grantId, format: z.enum(EXPORT_FORMATS) })).output(type<Destination>()),
  /** Starts an export; `transfer` streams its progress. */
  start: oc
    .input(
      z.strictObject({
        run: runId,
        request: exportRequestSchema,
        grant: grantId,
        /** A file of that name may be replaced. */
        replaces: z.boolean(),
      }),
    )
    .output(done),
  /** Cancels the running export or import; nothing half-written is kept. */
  cancel: asked.output(done),
  /** Dismisses the result of the last one. */
  dismiss: asked.output(done),
  /** Shows the last export in the file manager. */
  show: asked.output(done),
  /** Adds the last export, a model or an adapter, to the models. */
  keep: asked.output(type<{ readonly path: string }>()),
  transfer: asked.output(eventIterator(type<Transfer | null>())),
  /** Imports another installation's run, read-only; returns when that is done. */
  importBundle: oc.input(z.strictObject({ grant: grantId })).output(type<ImportOutcome>()),
}
