/** Two models asked the same questions: which is right more often, and how sure that is. */

/** Questions by who was right. */
export interface PairedCounts {
  readonly both: number
  readonly onlyFirst: number
  readonly onlySecond: number
  readonly neither: number
}

/** z of a 90 % interval. */
const Z = 1.645

/**
 * McNemar's test in its exact form (McNemar 1947): if both were equally good, a question that only one of them answers would be either one's with
 * probability ½.
 * @returns two-sided p: the probability of a split at least as uneven; 1 where no question separates them
 */
export function mcnemar({ onlyFirst, onlySecond }: Pick<PairedCounts, 'onlyFirst' | 'onlySecond'>): number {
  const n = onlyFirst + onlySecond
  const least = Math.min(onlyFirst, onlySecond)
  let log = -n * Math.LN2 // of the probability of k
  let sum = 0
  for (let k = 0; k <= least; k++) {
    sum += Math.exp(log)
    log += Math.log((n - k) / (k + 1))
  }
  return Math.min(1, 2 * sum)
}

export interface PairedComparison {
  readonly n: number
  /** Second minus first, −1 to 1. */
  readonly difference: number
  /** 90 % interval. */
  readonly low: number
  readonly high: number
  /** Of McNemar's exact test. */
  readonly p: number
}

/**
 * The interval is Wald's after half a question is added to each of the four counts, which holds for few questions too (Agresti and Min 2005).
 * @returns null without questions
 */
export function comparePaired(counts: PairedCounts): PairedComparison | null {
  const { both, onlyFirst, onlySecond, neither } = counts
  const n = both + onlyFirst + onlySecond + neither
  if (n === 0) return null
  const [lost, won, all] = [onlyFirst + 0.5, onlySecond + 0.5, n + 2]
  const centre = (won - lost) / all
  const reach = (Z * Math.sqrt(lost + won - (won - lost) ** 2 / all)) / all
  return {
    n,
    difference: (onlySecond - onlyFirst) / n,
    low: Math.max(-1, centre - reach),
    high: Math.min(1, centre + reach),
    p: mcnemar(counts),
  }
}
