/** The rows of a run's data as a trainer on a cluster reads them: TRL's GRPO and verl, from the same JSON Lines. */
import { rowNumber } from '@shared/row-number'
import type { ChatMessage, Example } from '@shared/schemas/dataset'
import type { Plan } from '@shared/schemas/plan'
import type { ReadRows } from '../context'

/** verl's fields, with the prompt as a text beside the conversation. */
interface ClusterRow {
  readonly data_source: string
  readonly prompt: readonly ChatMessage[]
  /** What the model was asked with, where the run used no chat template. */
  readonly text: string
  readonly reward_model: { readonly style: 'rule'; readonly ground_truth: string }
  /** `row` is counted from 1, as in the file. */
  readonly extra_info: { readonly index: number; readonly row: number; readonly split: string }
}

function rowOf(
  { data }: Plan,
  { row, prompt, messages, reference }: Example,
  index: number,
  split: string,
): ClusterRow {
  const text = data.template.replaceAll('{prompt}', () => prompt)
  return {
    data_source: 'gpo-studio',
    prompt: messages && data.chatTemplate ? messages : [{ role: 'user', content: text }],
    text,
    reward_model: { style: 'rule', ground_truth: reference },
    extra_info: { index, row: rowNumber(row), split },
  }
}

const linesOf = (plan: Plan, examples: readonly Example[], split: string): string[] =>
  examples.map((example, i) => `${JSON.stringify(rowOf(plan, example, i, split))}\n`)

export interface ClusterRows {
  readonly train: readonly string[]
  readonly evaluation: readonly string[]
}

/** Rows with a reference to judge by; none where the objective trains on the data itself. @throws {GpoError} if the data cannot be read */
export async function clusterRows(plan: Plan, read: ReadRows): Promise<ClusterRows> {
  const { train, evaluation } = await read(plan)
  const judged = (examples: readonly Example[]) => examples.filter(({ reference }) => reference !== '')
  return {
    train: linesOf(plan, judged(train), 'train'),
    evaluation: linesOf(plan, judged(evaluation), 'test'),
  }
}
