/** Round numbers along an axis. Pure. */

/** Steps of 1, 2 or 5 times a power of ten, from at or below `low` to at or above `high`, about `wanted` of them. */
export function roundTicks(low: number, high: number, wanted: number): number[] {
  const span = high > low ? high - low : Math.abs(low) || 1
  const exact = span / wanted
  const power = 10 ** Math.floor(Math.log10(exact))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= exact * (1 - 1e-9)) ?? power
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil((low + span) / step - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}
