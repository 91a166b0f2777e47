/** Which problems one arm solves and the other does not, counted over the seeds that both have finished. Pure. */
import type { Study } from '../schemas/study'
import { type Pair, pairsOf } from './compare'
import type { ProblemDifferences, ProblemOutcome } from './results'
import { type RunData, standingOf } from './run-data'

/** Counts over the pairs, for the rows that all of them were asked. */
function countRows(pairs: readonly Pair[]): ProblemOutcome[] {
  const sides = pairs.map(({ arm, base }) => ({
    arm: standingOf(arm.measured!).outcomes, // pairsOf has looked
    base: standingOf(base.measured!).outcomes,
  }))
  const first = sides[0]?.arm
  if (!first) return []
  const isAsked = (row: number) => sides.every(({ arm, base }) => arm?.has(row) && base?.has(row))
  const solved = (side: 'arm' | 'base', row: number) => sides.reduce((sum, one) => sum + (one[side]?.get(row) ?? 0), 0)
  return [...first.keys()]
    .filter(isAsked)
    .map((row) => ({ row, arm: solved('arm', row), base: solved('base', row), seeds: pairs.length, prompt: null }))
}

/** @param runs of one task; prompts are left to the reader of the data */
export function problemDifferences(
  study: Study,
  runs: readonly RunData[],
  arm: string,
  limit: number,
): ProblemDifferences {
  const pairs = pairsOf(runs, arm, study.base)
  const rows = countRows(pairs)
  const gain = (one: ProblemOutcome) => one.arm - one.base
  const ahead = rows.filter((one) => gain(one) > 0).toSorted((a, b) => gain(b) - gain(a) || a.row - b.row)
  const behind = rows.filter((one) => gain(one) < 0).toSorted((a, b) => gain(a) - gain(b) || a.row - b.row)
  return {
    arm,
    base: study.base,
    seeds: pairs.length,
    problems: rows.length,
    armOnly: ahead.slice(0, limit),
    baseOnly: behind.slice(0, limit),
    armOnlyCount: ahead.length,
    baseOnlyCount: behind.length,
    always: rows.filter((one) => one.arm === one.seeds && one.base === one.seeds).length,
    never: rows.filter((one) => one.arm === 0 && one.base === 0).length,
  }
}
