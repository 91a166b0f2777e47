/** Models: bundled, from disk, from runs. */
import { z } from 'zod'
import type { CriticalRule } from '../method/critical-step'
import type { AdaptationConfig, ObjectiveKind } from '../schemas/plan'
import { asked, done, eventIterator, oc, type } from './base'
import { grantId } from './system'

type LoraSettings = Extract<AdaptationConfig, { kind: 'lora' }>

export interface ModelItem {
  readonly id: string
  readonly name: string
  /**
   * As in a plan's `model.path`: `bundled:NAME`, a folder, a .gguf file, or `run:ID`, which is saved as a folder when a run starts from it. For an adapter: its
   * folder, as in `adaptation.from`.
   */
  readonly path: string
  readonly kind: 'bundled' | 'folder' | 'run' | 'adapter'
  /** Why it cannot be used; null if it can. */
  readonly problem: string | null
  readonly parameters: number | null
  readonly architecture: string | null
  /** Longest sequence, in tokens. */
  readonly context: number | null
  /** Bytes on disk: all files of a model, or the newest checkpoint of a run. */
  readonly bytes: number | null
  /** When it was added to the list or the run ended; null for a bundled one. */
  readonly since: number | null
  readonly run: ModelRun | null
  readonly adapter: ModelAdapter | null
}

/** Settings of an adapter, from its files. */
export interface ModelAdapter extends Pick<LoraSettings, 'r' | 'alpha' | 'rslora' | 'targets'> {
  /** The name of its base model, from its files. */
  readonly base: string | null
}

/** The run that made a fine-tuned model. */
export interface ModelRun {
  readonly id: string
  readonly name: string
  /** Iteration of its newest checkpoint. */
  readonly iteration: number
  readonly adaptation: 'full' | 'lora'
  readonly objective: ObjectiveKind
  readonly criticalStep: CriticalRule
  /** The model that it started from. */
  readonly base: string
  /** The last measured held-out accuracy; null if there is none. */
  readonly accuracy: number | null
}

/** One check and its result. */
export interface ModelCheck {
  readonly label: string
  readonly isGood: boolean
  readonly finding: string
}

export interface ModelFile {
  readonly name: string
  readonly bytes: number
}

export interface ModelDetails {
  readonly folder: string
  readonly facts: readonly { readonly label: string; readonly value: string }[]
  readonly checks: readonly ModelCheck[]
  readonly files: readonly ModelFile[]
  /** The chat template's source; null where there is none. */
  readonly chatTemplate: string | null
  /** The last complete read of its files; null if there was none. */
  readonly checksums: Checksums | null
}

export interface Checksums {
  readonly at: number
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[]
}

export type ChecksumEvent =
  | { readonly type: 'progress'; readonly file: string; readonly done: number; readonly total: number }
  | {
      readonly type: 'done'
      readonly checksums: Checksums
      /** What the checksums were compared with: the checkpoint's manifest, the previous read, or nothing. */
      readonly comparedWith: 'manifest' | 'earlier' | null
      /** Files with another checksum. */
      readonly different: readonly string[]
    }

export const libraryId = z.string().min(1).max(200)

export const modelsContract = {
  list: asked.output(type<readonly ModelItem[]>()),
  /** Adds a chosen folder or .gguf file; one that is already listed is not changed. */
  add: oc.input(z.strictObject({ grant: grantId })).output(type<{ readonly id: string }>()),
  rename: oc.input(z.strictObject({ id: libraryId, name: z.string().trim().min(1).max(200) })).output(done),
  /** Removes it from the list; its files are kept. */
  remove: oc.input(z.strictObject({ id: libraryId })).output(done),
  /** Undoes `remove`, until the program ends. */
  restore: oc.input(z.strictObject({ id: libraryId })).output(done),
  inspect: oc.input(z.strictObject({ id: libraryId })).output(type<ModelDetails>()),
  /** Reads every byte. Ending the stream stops it. */
  checksum: oc.input(z.strictObject({ id: libraryId })).output(eventIterator(type<ChecksumEvent>())),
}
