/** The rule by which an arm may end early. It is written in the study before it begins, and looks at nothing else. Pure. */
import type { Study } from '../schemas/study'
import { compare, pairsOf } from './compare'
import type { RunData } from './run-data'
import { count, level, points } from './words'

/**
 * Why an arm's remaining seeds on a task are left out; null while the rule does not say so.
 * @param runs of one task
 */
export function endedEarly({ stopEarly, base }: Study, runs: readonly RunData[], arm: string): string | null {
  if (!stopEarly || arm === base) return null
  const { afterSeeds, confidence } = stopEarly
  const pairs = pairsOf(runs, arm, base)
  if (pairs.length < afterSeeds) return null
  const { interval, difference } = compare(pairs, { arm, base, basis: 'measure', confidence })
  if (!interval || difference === null || interval.high >= 0) return null
  const reach = `${level(confidence)} interval ${points(interval.low)} to ${points(interval.high)}`
  return `left out by the study’s rule: after ${count(pairs.length, 'seed')} the arm is worse than ${base} by ${points(-difference)} points, ${reach}`
}
