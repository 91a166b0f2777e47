/** Rows of data as token ids, checked against the model's length. */
import type { Task } from '@engine/gpo/trajectory'
import type { TokenSequence } from '@engine/policy/batch'
import type { ModelConfig } from '@main/formats/model-config'
import { encodeAnswer, encodePrompt, type PromptFormat } from '@main/text/tokenizer/prompt'
import type { Tokenizer } from '@main/text/tokenizer/tokenizer'
import { GpoError } from '@shared/errors'
import type { Example } from '@shared/schemas/dataset'
import { type Fitting, fitting, type LengthRule } from './lengths'

/** How a row becomes a prompt, how many tokens may follow it, and what happens to rows that are too long. */
export interface Asking extends LengthRule {
  readonly format: PromptFormat
  readonly maxNewTokens: number
}

/** Rows that fit, as tasks. @param of what they are for @throws GpoError('data') naming all that do not fit */
export function fittingTasks(
  asking: Asking,
  { maxPositions }: ModelConfig,
  tokenizer: Tokenizer,
  examples: readonly Example[],
  of: string,
): Fitting<Task> {
  const rows = examples.map((example) => {
    const prompt = encodePrompt(asking.format, tokenizer, example)
    const { row, reference } = example
    return { row, reference, ids: prompt, prompt: prompt.length, added: asking.maxNewTokens }
  })
  const { kept, note } = fitting(rows, asking, maxPositions, of)
  return { kept: kept.map(({ row, ids, reference }) => ({ row, prompt: ids, reference })), note }
}

/** All rows as tasks. @throws GpoError('data') naming all that do not fit */
export const tasksOf = (
  asking: Omit<Asking, 'tooLong'>,
  config: ModelConfig,
  tokenizer: Tokenizer,
  examples: readonly Example[],
): Task[] => [...fittingTasks({ ...asking, tooLong: 'mustFit' }, config, tokenizer, examples, 'this').kept]

/**
 * Prompt, completion and the stop token, for SFT.
 * @throws GpoError('data') for a row that has no completion, or naming all rows that do not fit
 */
export function demonstrationsOf(
  asking: Asking,
  config: ModelConfig,
  tokenizer: Tokenizer,
  stop: number,
  examples: readonly Example[],
): Fitting<TokenSequence> {
  const rows = examples.map((example) => {
    if (example.completion === undefined)
      throw new GpoError('data', `row ${example.row} has no completion to imitate: SFT needs a column "completion"`)
    const prompt = encodePrompt(asking.format, tokenizer, example)
    const completion = encodeAnswer(asking.format, tokenizer, example, example.completion)
    const ids = Int32Array.from([...prompt, ...completion, stop])
    return { row: example.row, prompt: prompt.length, added: completion.length + 1, ids }
  })
  const { kept, note } = fitting(rows, { ...asking, maxNewTokens: null }, config.maxPositions, 'training')
  return { kept: kept.map(({ ids, prompt }) => ({ ids, start: prompt })), note }
}
