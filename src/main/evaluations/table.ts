/** The rows of an evaluation, or of two side by side, as CSV. */
import { evaluatedRows, getModelEvaluation, rowPairs } from '@main/store/model-evaluations'
import type { Store } from '@main/store/query'
import type { EvaluationText } from '@shared/contract/evaluations'
import { type CsvValue, csvOf } from '@shared/csv'
import { rowNumber } from '@shared/row-number'
import type { EvaluatedRow } from '@shared/schemas/evaluation'

const ALL = { text: '', offset: 0, limit: -1 } as const
const QUESTION = ['row', 'prompt', 'reference'] as const
const ANSWER = [
  'completion',
  'status',
  'answer',
  'tokens',
  'samples_correct',
  'majority_answer',
  'majority_correct',
] as const

const questionOf = ({ row, prompt, reference }: EvaluatedRow): CsvValue[] => [rowNumber(row), prompt, reference]
const answerOf = ({ completion, status, extracted, tokens, sampled }: EvaluatedRow): CsvValue[] => [
  ...[completion, status, extracted, tokens],
  ...[sampled?.correct, sampled?.majority, sampled && Number(sampled.isMajorityCorrect)],
]
const fileName = (...names: readonly string[]) =>
  `${names
    .join(' ')
    .replaceAll(/[^\p{L}\p{N}.-]+/gu, '-')
    .slice(0, 100)}.csv`

/** @param other null for one alone */
export function evaluationTable(store: Store, one: string, other: string | null): EvaluationText {
  const first = getModelEvaluation(store, one)
  if (other === null) {
    const { rows } = evaluatedRows(store, one, { outcome: 'all', ...ALL })
    const lines = rows.map((row) => [...questionOf(row), ...answerOf(row)])
    return { fileName: fileName(first.model, 'on', first.data), text: csvOf([[...QUESTION, ...ANSWER], ...lines]) }
  }
  const second = getModelEvaluation(store, other)
  const { pairs } = rowPairs(store, { first: one, second: other }, { pairing: 'all', ...ALL })
  const head = [...QUESTION, ...ANSWER.map((name) => `first_${name}`), ...ANSWER.map((name) => `second_${name}`)]
  const lines = pairs.map((pair) => [...questionOf(pair.first), ...answerOf(pair.first), ...answerOf(pair.second)])
  return { fileName: fileName(first.model, 'and', second.model), text: csvOf([head, ...lines]) }
}
