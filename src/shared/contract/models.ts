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
   * What a plan's `model.path` takes: `bundled:NAME`, a folder, a .gguf file, or `run:ID`, which is written out as a folder when a run begins with it. Of an
   * adapter: its folder, which `adaptation.from` takes.
   */
  readonly path: string
  readonly kind: 'bundled' | 'folder' | 'run' | 'adapter'
  /** Why it cannot be used; null if it can. */
  readonly problem: string | null
  readonly parameters: number | null
  readonly architecture: string | null
  /** Tokens a sequence may have. */
  readonly context: number | null
  /** Bytes on disk: of a model all its files, of a run its newest checkpoint. */
  readonly bytes: number | null
  /** Added to the list, or the run's end; null for what is in the box. */
  readonly since: number | null
  readonly run: ModelRun | null
  readonly adapter: ModelAdapter | null
}

/** Settings of an adapter, as its files have them. */
export interface ModelAdapter extends Pick<LoraSettings, 'r' | 'alpha' | 'rslora' | 'targets'> {
  /** The model it was trained on, as its maker named it. */
  readonly base: string | null
}

/** Where a fine-tuned model comes from. */
export interface ModelRun {
  readonly id: string
  readonly name: string
  /** Of its newest checkpoint. */
  readonly iteration: number
  readonly adaptation: 'full' | 'lora'
  readonly objective: ObjectiveKind
  readonly criticalStep: CriticalRule
  /** The model it began with. */
  readonly base: string
  /** Held-out, the last one measured; null where nothing was. */
  readonly accuracy: number | null
}

/** One thing that was looked at, and what was found. */
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
  /** The last full pass over its files; null before one. */
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
      /** What they were compared with: the manifest a checkpoint was written with, the pass before, or nothing. */
      readonly comparedWith: 'manifest' | 'earlier' | null
      /** Files that differ from it. */
      readonly different: readonly string[]
    }

export const libraryId = z.string().min(1).max(200)

export const modelsContract = {
  list: asked.output(type<readonly ModelItem[]>()),
  /** Adds a folder or .gguf file that was chosen; one that is listed already stays as it is. */
  add: oc.input(z.strictObject({ grant: grantId })).output(type<{ readonly id: string }>()),
  rename: oc.input(z.strictObject({ id: libraryId, name: z.string().trim().min(1).max(200) })).output(done),
  /** Takes it off the list; its files stay where they are. */
  remove: oc.input(z.strictObject({ id: libraryId })).output(done),
  /** Takes `remove` back, until the program ends. */
  restore: oc.input(z.strictObject({ id: libraryId })).output(done),
  inspect: oc.input(z.strictObject({ id: libraryId })).output(type<ModelDetails>()),
  /** Reads every byte. Ending the stream stops it. */
  checksum: oc.input(z.strictObject({ id: libraryId })).output(eventIterator(type<ChecksumEvent>())),
}
