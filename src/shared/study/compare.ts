/** An arm against the base: on the same seeds, on the same problems, at the fixed measure or at an equal amount of a budget. Pure. */
import type { Budget } from '../schemas/study'
import { type Estimate, intervalOf } from '../statistics/estimate'
import { pairedDifference } from '../statistics/paired'
import type { Basis, Comparison } from './results'
import { type RunData, type Standing, spentAt, standingAt, standingOf } from './run-data'

/** Runs of the arm and of the base with the same seed. */
export interface Pair {
  readonly seed: number
  readonly arm: RunData
  readonly base: RunData
}

export interface Asked {
  readonly arm: string
  readonly base: string
  readonly basis: Basis
  readonly confidence: number
}

/** Pairs of runs of one task that have both come to the measure, by seed. */
export function pairsOf(runs: readonly RunData[], arm: string, base: string): Pair[] {
  const finished = runs.filter(({ measured }) => measured !== null)
  return finished
    .filter((run) => run.arm === arm)
    .flatMap((run) => {
      const other = finished.find((one) => one.arm === base && one.seed === run.seed)
      return other ? [{ seed: run.seed, arm: run, base: other }] : []
    })
}

interface Standings {
  readonly arm: Standing
  readonly base: Standing
}

/** The rows that all were asked, ascending; empty if single problems were not recorded. */
function commonRows(standings: readonly Standings[]): number[] {
  const all = standings.flatMap(({ arm, base }) => [arm.outcomes, base.outcomes])
  const [first, ...others] = all
  if (!first || others.some((one) => one === null)) return []
  return [...first.keys()].filter((row) => others.every((one) => one?.has(row)))
}

/** Without single problems, a seed has one difference: that of its accuracies. */
function differencesOf(standings: readonly Standings[], rows: readonly number[]): number[][] {
  if (rows.length === 0) return standings.map(({ arm, base }) => [arm.accuracy - base.accuracy])
  return standings.map(({ arm, base }) => rows.map((row) => arm.outcomes!.get(row)! - base.outcomes!.get(row)!)) // commonRows has looked
}

/** The largest amount that all runs of the pairs reached at their measure; null where one did not record it. */
function commonAmount(pairs: readonly Pair[], budget: Budget): number | null {
  const reached = pairs
    .flatMap(({ arm, base }) => [arm, base])
    .map((run) => spentAt(run, budget, run.measured?.iteration ?? 0))
  const known = reached.filter((one) => one !== null)
  return known.length === reached.length && known.length > 0 ? Math.min(...known) : null
}

function standingsAt(pairs: readonly Pair[], budget: Budget, amount: number): Standings[] {
  return pairs.flatMap(({ arm, base }) => {
    const [one, other] = [standingAt(arm, budget, amount), standingAt(base, budget, amount)]
    return one && other ? [{ arm: one, base: other }] : []
  })
}

const unknown = (asked: Asked, why: string): Comparison => ({
  ...asked,
  difference: null,
  interval: null,
  standardError: null,
  degrees: null,
  seeds: 0,
  problems: 0,
  at: null,
  why,
})

/** A share cannot differ by more than 1. */
const within = ({ low, high }: { low: number; high: number }) => ({ low: Math.max(-1, low), high: Math.min(1, high) })

/** The fields of a comparison that an estimate gives. */
export const estimated = (estimate: Estimate, confidence: number) => ({
  difference: estimate.value,
  interval: within(intervalOf(estimate, confidence)),
  standardError: estimate.standardError,
  degrees: estimate.degrees,
})

export const NOT_RECORDED = 'not recorded'

/** @param pairs of one task, from `pairsOf` */
export function compare(pairs: readonly Pair[], asked: Asked): Comparison {
  const { basis, confidence } = asked
  if (pairs.length === 0) return unknown(asked, 'no seed has finished with both arms yet')
  const at = basis === 'measure' ? null : commonAmount(pairs, basis)
  if (basis !== 'measure' && at === null) return unknown(asked, NOT_RECORDED)
  const standings =
    basis === 'measure' || at === null
      ? pairs.map(({ arm, base }) => ({ arm: standingOf(arm.measured!), base: standingOf(base.measured!) })) // pairsOf has looked
      : standingsAt(pairs, basis, at)
  if (standings.length === 0) return unknown(asked, 'no evaluations lie around an equal amount')
  const rows = commonRows(standings)
  const differences = differencesOf(standings, rows)
  const estimate = pairedDifference(differences)
  const facts = { ...asked, seeds: standings.length, problems: rows.length, at }
  if (estimate) return { ...facts, ...estimated(estimate, confidence), why: null }
  return { ...unknown(asked, 'one seed without single problems has no interval'), ...facts }
}
