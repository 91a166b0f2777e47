/** A configuration file for another trainer, and what it is made from. */
import { storedTargets } from '@main/formats/projections'
import type { LORA_TARGETS, Plan } from '@shared/schemas/plan'
import { comment, type Entry } from './yaml'

export interface TrainerConfig {
  /** Appended to the data's name without its ending. */
  readonly suffix: string
  readonly content: string
  /** What to do with it: a sentence, and a command for a shell, given the file's path. */
  readonly text: string
  readonly command: (file: string) => string
}

export interface ConfigSource {
  readonly plan: Plan
  readonly run: string
  /** Folder of the base model. */
  readonly base: string
  /** The exported data; absolute. */
  readonly data: string
  /** Tokens a sequence may have in the base model; null where it is not here. */
  readonly context: number | null
  /** q, k and v are one matrix of the base model, and gate and up. */
  readonly isFused: boolean
}

/** Modules with adapters under their names in the checkpoint. */
export const targetModules = (targets: readonly (typeof LORA_TARGETS)[number][], { isFused }: ConfigSource): string[] =>
  storedTargets(targets, isFused)

/** What a file is, in its first line. */
export const header = ({ run }: ConfigSource, what: string): Entry[] => [
  comment(`${what}, from the plan of run ${run} of GPO Studio.`),
]
