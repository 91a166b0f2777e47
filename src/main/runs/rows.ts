/** The rows of a run, and the notes on them. */

import { sharedRows } from '@main/library/datasets/shared-rows'
import { rowNumber } from '@shared/row-number'
import type { Dataset, Example } from '@shared/schemas/dataset'

export interface Rows {
  readonly examples: readonly Example[]
  readonly warnings: readonly string[]
  /** Which columns were used and which were not. */
  readonly account: string
}

/** One line on a dataset: which columns were read and which were not. */
export function accountOf({ part, roles, unused, notes }: Dataset): string {
  const used = Object.entries(roles).map(([role, column]) => (role === column ? role : `${role} = ${column}`))
  return [
    ...(part === null ? [] : [`part: ${part}`]),
    `used: ${used.join(', ')}`,
    `unused: ${unused.join(', ') || 'nothing'}`,
    ...notes,
  ].join('; ')
}

/** Evaluating on a training row does not measure generalisation. */
export function sharedWarnings(train: Rows, evaluation: Rows): readonly string[] {
  const { count, first } = sharedRows(train.examples, evaluation.examples)
  if (first === null) return []
  const found = `${count} of ${evaluation.examples.length} evaluation rows are training rows too`
  return [
    `${found} (first: row ${rowNumber(first.evaluation)} is row ${rowNumber(first.train)}): accuracy on them shows memorisation`,
  ]
}
