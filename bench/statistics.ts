/** Summaries of repeated measurements. */

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

export const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits))

/** Median, smallest and largest of times in seconds, as milliseconds. */
export function milliseconds(seconds: readonly number[]) {
  const ms = (value: number) => rounded(1000 * value, 2)
  return { median: ms(median(seconds)), min: ms(Math.min(...seconds)), max: ms(Math.max(...seconds)) }
}

/**
 * How many times faster ours is: the peer's median time over ours; the same of each round, because rounds share their noise; and the
 * peer's best time over our best, which other processes disturb least.
 */
export function compare(ours: readonly (readonly number[])[], peer: readonly (readonly number[])[]) {
  const best = Math.min(...peer.flat()) / Math.min(...ours.flat())
  return {
    ratio: rounded(median(peer.flat()) / median(ours.flat())),
    bestRatio: rounded(best),
    perRound: ours.map((round, i) => rounded(median(peer[i]!) / median(round))),
  }
}
