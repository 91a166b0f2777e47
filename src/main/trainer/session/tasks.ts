/** Rows of data as token ids, checked against the model's length. */
import type { Task } from '@engine/gpo/trajectory'
import type { TokenSequence } from '@engine/policy/batch'
import type { LabelledSequence, SequencePair } from '@engine/recipes/sequences'
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

/** Rows as tasks, whatever their length. */
export const promptsOf = (format: PromptFormat, tokenizer: Tokenizer, examples: readonly Example[]): Task[] =>
  examples.map((example) => ({
    row: example.row,
    prompt: encodePrompt(format, tokenizer, example),
    reference: example.reference,
  }))

/** Rows that fit, as tasks. @param of their purpose @throws GpoError('data') naming all that do not fit */
export function fittingTasks(
  asking: Asking,
  { maxPositions }: ModelConfig,
  tokenizer: Tokenizer,
  examples: readonly Example[],
  of: string,
): Fitting<Task> {
  const rows = promptsOf(asking.format, tokenizer, examples).map((task) => ({
    row: task.row,
    prompt: task.prompt.length,
    added: asking.maxNewTokens,
    task,
  }))
  const { kept, note } = fitting(rows, asking, maxPositions, of)
  return { kept: kept.map(({ task }) => task), note }
}

/** All rows as tasks. @throws GpoError('data') naming all that do not fit */
export const tasksOf = (
  asking: Omit<Asking, 'tooLong'>,
  config: ModelConfig,
  tokenizer: Tokenizer,
  examples: readonly Example[],
): Task[] => [...fittingTasks({ ...asking, tooLong: 'mustFit' }, config, tokenizer, examples, 'this').kept]

/** Converts rows of data that are trained on directly. */
export interface TrainingRows {
  readonly asking: Asking
  readonly config: ModelConfig
  readonly tokenizer: Tokenizer
  /** Ends every completion. */
  readonly stop: number
  readonly examples: readonly Example[]
}

/** Prompt, a completion and the stop token. */
function completed({ asking, tokenizer, stop }: TrainingRows, example: Example, completion: string): TokenSequence {
  const prompt = encodePrompt(asking.format, tokenizer, example)
  const ids = Int32Array.from([...prompt, ...encodeAnswer(asking.format, tokenizer, example, completion), stop])
  return { ids, start: prompt.length }
}

/** Rows whose sequences all fit. @param sequencesOf the sequences of a row, at least one */
function fittingRows<Row>(
  { asking, config, examples }: TrainingRows,
  make: (example: Example) => Row,
  sequencesOf: (row: Row) => readonly TokenSequence[],
): Fitting<Row> {
  const rows = examples.map((example) => {
    const made = make(example)
    const added = sequencesOf(made).map(({ ids, start }) => ids.length - start)
    return { row: example.row, prompt: sequencesOf(made)[0]!.start, added: Math.max(...added), made }
  })
  const { kept, note } = fitting(rows, { ...asking, maxNewTokens: null }, config.maxPositions, 'training')
  return { kept: kept.map(({ made }) => made), note }
}

/** The text of a column. @throws GpoError('data') for a row without one */
function required(text: string | undefined, { row }: Example, column: string, use: string): string {
  if (text !== undefined) return text
  throw new GpoError('data', `row ${row} has no ${column}: ${use} needs a column "${column}"`)
}

/** For SFT. @throws GpoError('data') for a row without a completion, or naming all rows that do not fit */
export const demonstrationsOf = (rows: TrainingRows): Fitting<TokenSequence> =>
  fittingRows(
    rows,
    (example) => completed(rows, example, required(example.completion, example, 'completion', 'SFT')),
    (sequence) => [sequence],
  )

/** Pairs that are trained on directly. @throws GpoError('data') for a row without both completions, or naming all rows that do not fit */
export const pairsOf = (rows: TrainingRows): Fitting<SequencePair> =>
  fittingRows(
    rows,
    (example) => ({
      chosen: completed(rows, example, required(example.chosen, example, 'chosen', 'training on pairs')),
      rejected: completed(rows, example, required(example.rejected, example, 'rejected', 'training on pairs')),
    }),
    ({ chosen, rejected }) => [chosen, rejected],
  )

/** Completions with their labels; of a pair, the chosen one is desirable and the rejected one is not. */
export function labelledOf(rows: TrainingRows): Fitting<LabelledSequence> {
  const isPaired = rows.examples.some(({ chosen }) => chosen !== undefined)
  if (isPaired) {
    const { kept, note } = pairsOf(rows)
    const both = kept.flatMap(({ chosen, rejected }) => [
      { sequence: chosen, isDesirable: true },
      { sequence: rejected, isDesirable: false },
    ])
    return { kept: both, note }
  }
  return fittingRows(
    rows,
    (example) => ({
      sequence: completed(rows, example, required(example.completion, example, 'completion', 'KTO')),
      isDesirable: example.label ?? true,
    }),
    ({ sequence }) => [sequence],
  )
}
