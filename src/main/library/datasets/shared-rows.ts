/** Rows that two datasets have in common. Knows no files. */
import { createHash } from 'node:crypto'
import type { Example } from '@shared/schemas/dataset'

export interface SharedRows {
  /** Number of rows of the second dataset that are in the first. */
  readonly count: number
  /** The first of them: its numbers in both. */
  readonly first: { readonly train: number; readonly evaluation: number } | null
}

/** Rows with the same prompt count as the same, whatever their answers; white space does not matter. */
const keyOf = ({ prompt }: Example): string =>
  createHash('sha256').update(prompt.replaceAll(/\s+/g, ' ').trim()).digest('base64')

export function sharedRows(train: readonly Example[], evaluation: readonly Example[]): SharedRows {
  const rows = new Map(train.map((example) => [keyOf(example), example.row]))
  const shared = evaluation.flatMap((example) => {
    const row = rows.get(keyOf(example))
    return row === undefined ? [] : [{ train: row, evaluation: example.row }]
  })
  return { count: shared.length, first: shared[0] ?? null }
}
