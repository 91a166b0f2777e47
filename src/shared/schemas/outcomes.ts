/**
 * Which problems of an evaluation were answered correctly, as two short texts: "0-2,7" for rows 0, 1, 2 and 7 of the data, and one sign for each
 * of them, 1 for a correct answer and 0 for any other. Rows ascend.
 */
import { z } from 'zod'

/** Most problems of an evaluation, as in its plan. */
const MAX_PROBLEMS = 1e6

export interface ProblemOutcomes {
  /** "0-2,7" */
  readonly rows: string
  /** "1011" */
  readonly right: string
}

const RUNS = /^(\d{1,15}(-\d{1,15})?(,|$))*$/

export const outcomesSchema = z
  .strictObject({
    rows: z
      .string()
      .max(16 * MAX_PROBLEMS)
      .regex(RUNS, { error: 'expected rows and runs of rows, like 0-2,7' }),
    right: z
      .string()
      .max(MAX_PROBLEMS)
      .regex(/^[01]*$/, { error: 'expected 1 for a correct answer and 0 for any other' }),
  })
  .refine((outcomes) => decodeOutcomes(outcomes) !== null, {
    error: 'expected ascending rows, and as many signs as rows',
  })

export interface Answered {
  /** Row of the evaluation data. */
  readonly row: number
  readonly isRight: boolean
}

/** @param answered in any order, each row once */
export function encodeOutcomes(answered: readonly Answered[]): ProblemOutcomes {
  const sorted = answered.toSorted((a, b) => a.row - b.row)
  const runs: [first: number, last: number][] = []
  for (const { row } of sorted) {
    const run = runs.at(-1)
    if (run && row === run[1] + 1) run[1] = row
    else runs.push([row, row])
  }
  return {
    rows: runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(','),
    right: sorted.map(({ isRight }) => (isRight ? '1' : '0')).join(''),
  }
}

/** By row, 1 for a correct answer and 0 for any other; null where the texts do not fit each other. Never longer than `right`. */
export function decodeOutcomes({ rows, right }: ProblemOutcomes): ReadonlyMap<number, 0 | 1> | null {
  const outcomes = new Map<number, 0 | 1>()
  let after = 0
  for (const run of rows === '' ? [] : rows.split(',')) {
    const [first = Number.NaN, last = first] = run.split('-').map(Number)
    if (!(first >= after && last >= first) || outcomes.size + (last - first + 1) > right.length) return null
    for (let row = first; row <= last; row++) outcomes.set(row, right[outcomes.size] === '1' ? 1 : 0)
    after = last + 1
  }
  return outcomes.size === right.length ? outcomes : null
}
