/** Comparisons in words that follow the interval, and nothing else. Pure. */

import { NOT_RECORDED } from './compare'
import type { Comparison, Finding, Verdict } from './results'
import { amount, BUDGET_WORDS, count, level, points, signedPoints } from './words'

/** Whether the interval lies on one side of zero. */
export function findingOf({ interval }: Pick<Comparison, 'interval'>): Finding {
  if (interval === null) return 'unknown'
  if (interval.low > 0) return 'better'
  return interval.high < 0 ? 'worse' : 'undecided'
}

/** "90 % interval 2.1 to 10.0, 8 seeds" */
function evidence({ interval, confidence, seeds, problems }: Comparison): string {
  const reach = interval ? `${level(confidence)} interval ${points(interval.low)} to ${points(interval.high)}, ` : ''
  const of = problems > 0 ? '' : ', accuracies only'
  const alone = seeds === 1 ? ': says nothing about other seeds' : ''
  return `${reach}${count(seeds, 'seed')}${of}${alone}`
}

function result(comparison: Comparison): string {
  const { arm, base, difference, why } = comparison
  const finding = findingOf(comparison)
  if (difference === null || finding === 'unknown') return `${arm} and ${base} cannot be compared: ${why}`
  if (finding === 'undecided')
    return `no difference between ${arm} and ${base} was found: ${signedPoints(difference)} points, ${evidence(comparison)}`
  return `${arm} is ${finding} than ${base} by ${points(Math.abs(difference))} points, ${evidence({
    ...comparison,
    interval:
      comparison.interval && finding === 'worse'
        ? { low: -comparison.interval.high, high: -comparison.interval.low }
        : comparison.interval,
  })}`
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The name of an arm stays as it is. */
const begun = (text: string) => (text.startsWith('no difference ') ? capital(text) : text)

function sentence(comparison: Comparison): string {
  const { basis, at, why } = comparison
  if (basis === 'measure') return `${begun(result(comparison))}.`
  const { label } = BUDGET_WORDS[basis]
  if (why === NOT_RECORDED) return `${capital(label)} were not recorded by these runs.`
  const where = at === null ? '' : ` (${amount(at)})`
  return `At equal ${label}${where} ${result(comparison)}.`
}

export const verdictOf = (comparison: Comparison): Verdict => ({
  arm: comparison.arm,
  basis: comparison.basis,
  finding: findingOf(comparison),
  sentence: sentence(comparison),
})
