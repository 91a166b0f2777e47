/** Prepares series for a chart: smoothing, one x axis for several lines, ranges. Pure. */
import type { Series } from '@shared/schemas/run'

/** First and last iteration shown. */
export type Range = readonly [number, number]
/** By name of the metric. */
export type Curves = Readonly<Record<string, Series>>
export type Column = readonly (number | null)[]

/**
 * Exponential moving average with bias correction.
 * @param weight of the past: 0 = not smoothed, towards 1 = smoother
 * @param unit number of iterations the weight applies to, so that smoothness on the screen does not depend on the length or thinning of a curve
 */
export function smooth({ iterations, values }: Series, weight: number, unit = 1): Series {
  if (weight <= 0) return { iterations, values }
  let sum = 0
  let norm = 0
  const averages = values.map((value, i) => {
    const gap = i === 0 ? 1 : iterations[i]! - iterations[i - 1]!
    const keep = weight ** (gap / unit)
    sum = keep * sum + (1 - keep) * value
    norm = keep * norm + (1 - keep)
    return sum / norm
  })
  return { iterations, values: averages }
}

/** Several series over one x axis: the iterations of all of them and of `grid`; null where a series has no point. */
export function align(series: readonly Series[], grid: readonly number[] = []): { x: number[]; columns: Column[] } {
  const x = [...new Set([...grid, ...series.flatMap(({ iterations }) => iterations)])].sort((a, b) => a - b)
  const columns = series.map(({ iterations, values }): Column => {
    let at = 0
    return x.map((iteration) => (iterations[at] === iteration ? values[at++]! : null))
  })
  return { x, columns }
}

/** The index of the newest x that is not above `at`; −1 before the first. */
function indexAt(x: readonly number[], at: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle]! <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The newest point at or before an x; null before the first. */
export function readAt(x: readonly number[], column: Column, at: number): { x: number; value: number } | null {
  for (let i = indexAt(x, at); i >= 0; i--) {
    const value = column[i]
    if (value !== null && value !== undefined) return { x: x[i]!, value }
  }
  return null
}

/** The quantile of sorted values at a share. */
const quantile = (sorted: readonly number[], share: number): number => {
  const at = share * (sorted.length - 1)
  const low = sorted[Math.floor(at)]!
  return low + (sorted[Math.ceil(at)]! - low) * (at % 1)
}

const FENCE = 3

/**
 * The range without outliers: Tukey's outer fences, three interquartile ranges beyond the quartiles.
 * @returns null if no value lies outside
 */
export function rangeWithoutOutliers(values: readonly number[]): readonly [number, number] | null {
  if (values.length < 5) return null
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)]
  const reach = FENCE * (high - low)
  const inside = sorted.filter((value) => value >= low - reach && value <= high + reach)
  if (inside.length === sorted.length || inside.length === 0) return null
  return padded(inside[0]!, inside.at(-1)!)
}

/** Adds a little room at both ends. */
function padded(min: number, max: number): readonly [number, number] {
  const room = (max - min || Math.abs(max) || 1) * 0.05
  return [min - room, max + room]
}

/**
 * A logarithmic axis for these values: `log` where all are above 0, otherwise `asinh`, which is linear below `threshold` and logarithmic
 * in both directions beyond; null if they are so close together that a linear axis shows more.
 */
export type LogScale = { readonly kind: 'log' } | { readonly kind: 'asinh'; readonly threshold: number }

const WIDE = 10

export function logScaleOf(values: readonly number[]): LogScale | null {
  const sizes = values
    .map(Math.abs)
    .filter((size) => size > 0)
    .toSorted((a, b) => a - b)
  if (sizes.length === 0) return null
  const isPositive = values.every((value) => value > 0)
  if (isPositive) return sizes.at(-1)! >= WIDE * sizes[0]! ? { kind: 'log' } : null
  // The tenth of the values next to 0 is drawn linearly, the rest logarithmically.
  return { kind: 'asinh', threshold: 10 ** Math.floor(Math.log10(quantile(sizes, 0.1))) }
}
