/** The prompts whose answers a run follows: those that the plan names, or some chosen at random, the same for all runs on the same data. */
import { deriveSeed, permutation } from '@engine/core/rng'
import { STREAM } from '@engine/core/streams'
import type { Task } from '@engine/gpo/trajectory'
import type { ModelConfig } from '@main/formats/model-config'
import type { Tokenizer } from '@main/text/tokenizer/tokenizer'
import { GpoError } from '@shared/errors'
import { namedRows } from '@shared/plan/probes'
import { rowNumber } from '@shared/row-number'
import type { Example } from '@shared/schemas/dataset'
import { MAX_PROBES, type Plan } from '@shared/schemas/plan'
import { type Asking, promptsOf } from './tasks'

/** @param examples of the evaluation, or of the training if there are none @throws {GpoError} 'plan' naming the rows that are not among them */
export function probeRows(plan: Pick<Plan, 'evaluation'>, examples: readonly Example[]): readonly Example[] {
  const named = namedRows(plan)
  if (named.length === 0) return chosen(examples, plan.evaluation.probes)
  if (named.length > MAX_PROBES)
    throw new GpoError(
      'plan',
      `evaluation.probeRows names ${named.length} rows: at most ${MAX_PROBES} can be followed.`,
    )
  const byNumber = new Map(examples.map((example) => [rowNumber(example.row), example]))
  const missing = named.filter((number) => !byNumber.has(number))
  if (missing.length > 0)
    throw new GpoError(
      'plan',
      `evaluation.probeRows names ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not among the ${examples.length} rows that this run uses (row ${rowNumber(examples[0]?.row ?? 0)} to ${rowNumber(examples.at(-1)?.row ?? 0)}): name others, or raise evaluation.limit.`,
    )
  return named.map((number) => byNumber.get(number)!) // none is missing
}

function chosen(examples: readonly Example[], count: number): readonly Example[] {
  if (count === 0) return []
  const order = permutation(examples.length, deriveSeed(0, STREAM.probes))
  return [...order.subarray(0, count)].map((index) => examples[index]!).toSorted((a, b) => a.row - b.row)
}

export interface Probes {
  readonly tasks: readonly Task[]
  /** The most tokens of an answer: fewer than the plan's where the model has no positions for more. */
  readonly maxNewTokens: number
  /** A sentence on the prompts that leave no room for an answer; null if all do. */
  readonly note: string | null
}

/** Watching never refuses a run: an answer is as long as the model's positions allow, and a prompt that fills them is left out. */
export function probesOf(
  asking: Asking,
  { maxPositions }: ModelConfig,
  tokenizer: Tokenizer,
  followed: readonly Example[],
): Probes {
  const all = promptsOf(asking.format, tokenizer, followed)
  const tasks = all.filter(({ prompt }) => prompt.length < maxPositions)
  const full = all.filter((task) => !tasks.includes(task)).map(({ row }) => rowNumber(row))
  const room = maxPositions - Math.max(0, ...tasks.map(({ prompt }) => prompt.length))
  const note = `no answer to row ${full.join(', row ')} is followed: the prompt fills the model's ${maxPositions} positions`
  return { tasks, maxNewTokens: Math.min(asking.maxNewTokens, room), note: full.length === 0 ? null : note }
}
