/** Accuracies in words: never without the number of rows and the interval. */
import type { Measured } from '@shared/best-evaluation'
import { wilsonInterval } from '@shared/interval'
import { formatCount, formatPercent } from './format'

/** "71.0 % of 300 rows (90 % interval 66.5 to 75.1 %)" */
export function accuracyWords({ correct, n }: Measured): string {
  const [low, high] = wilsonInterval(correct, n)
  const interval = `90 % interval ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`
  return `${formatPercent(correct / Math.max(1, n))} of ${formatCount(n)} held-out rows (${interval})`
}

export const afterWords = ({ iteration }: Measured): string =>
  iteration === 0 ? 'before training' : `after iteration ${iteration}`
