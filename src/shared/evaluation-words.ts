/** The verdict of a comparison of two evaluations, in a sentence. */
import type { EvaluationComparison } from './contract/evaluations'

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const points = (share: number) => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`
const probability = (p: number) => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`)

export function comparisonSentence({ first, second, counts, greedy }: EvaluationComparison): string {
  if (!greedy) return 'They have no row in common, so they cannot be compared: evaluate both on the same data.'
  const { n, p } = greedy
  const isWorse = greedy.high < 0
  const [difference, low, high] = isWorse
    ? [-greedy.difference, -greedy.high, -greedy.low]
    : [greedy.difference, greedy.low, greedy.high]
  const rows = n.toLocaleString('en')
  const [one, other] = [counts.both + counts.onlyFirst, counts.both + counts.onlySecond].map((k) => percent(k / n))
  const found = `${points(difference)} points (90 % interval ${points(low)} to ${points(high)}; McNemar's exact test: ${probability(p)})`
  if (low <= 0)
    return `These ${rows} rows do not tell which is better: ${second.model} has ${other} right, ${first.model} ${one}, ${found}.`
  return isWorse
    ? `${first.model} is better than ${second.model}: ${one} against ${other} of the same ${rows} rows, ${found}.`
    : `${second.model} is better than ${first.model}: ${other} against ${one} of the same ${rows} rows, ${found}.`
}
