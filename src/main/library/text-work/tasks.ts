/**
 * The work of main on text that runs code from files and people: chat templates, regular expressions of tokenizers, of verifiers and of splitters.
 * It takes plain data and gives plain data, so that another process can do it.
 */
import { countLengths, firstBatch } from '../datasets/tokens'
import { judge, tryVerifier } from '../datasets/trial'
import { countTokens } from './count-tokens'
import { tokenizerFacts } from './look'
import { cutIntoSteps } from './steps'

export const textTasks = {
  /** Lengths of a dataset for a model. */
  lengths: countLengths,
  /** A dataset's first sequences as a model gets them. */
  batch: firstBatch,
  /** A verifier on a dataset's own answers. */
  trial: tryVerifier,
  /** A verifier on one completion. */
  judge,
  /** Facts about a tokenizer. */
  tokenizer: tokenizerFacts,
  /** Lengths of a plan's rows. */
  tokens: countTokens,
  /** A text cut into steps. */
  steps: cutIntoSteps,
}

export type TextTasks = typeof textTasks
export type TextTask = keyof TextTasks
export type InputOf<K extends TextTask> = Parameters<TextTasks[K]>
export type ResultOf<K extends TextTask> = Awaited<ReturnType<TextTasks[K]>>
