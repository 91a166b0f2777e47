/** A configuration file for another trainer, and what it is made from. */
import type { Plan } from '@shared/schemas/plan'
import { comment, type Entry } from './commented-yaml'

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
}

/** What a file is, in its first line. */
export const header = ({ run }: ConfigSource, what: string): Entry[] => [
  comment(`${what}, from the plan of run ${run} of GPO Studio.`),
]
