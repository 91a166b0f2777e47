/** Means of plain numbers. */

/** 0 for nothing. */
export const mean = (values: readonly number[]): number =>
  values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0

/** Of a sample (divided by n − 1); 0 for fewer than two values. */
export function standardDeviation(values: readonly number[]): number {
  const average = mean(values)
  return values.length > 1
    ? Math.sqrt(mean(values.map((value) => (value - average) ** 2)) * (values.length / (values.length - 1)))
    : 0
}
