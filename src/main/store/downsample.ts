/** Thins a curve for a screen without losing its extremes. Pure. */
import type { Series } from '@shared/schemas/run'

export type Point = readonly [iteration: number, value: number]

/**
 * Cuts the range of iterations into `buckets` of equal width and keeps each one's smallest and largest value, in their order: at most
 * 2 × buckets points. A short series is returned unchanged.
 * @param points iterations ascending
 */
export function downsample(points: readonly Point[], buckets: number): Series {
  if (points.length <= 2 * buckets) return columns(points)
  const from = points[0]![0]
  const width = (points[points.length - 1]![0] - from + 1) / buckets
  const kept: Point[] = []
  let start = 0
  for (let end = 1; end <= points.length; end++) {
    const bucket = Math.floor((points[start]![0] - from) / width)
    if (end < points.length && Math.floor((points[end]![0] - from) / width) === bucket) continue
    kept.push(...extremes(points, start, end))
    start = end
  }
  return columns(kept)
}

/** Of points [start, end): the smallest and the largest, in their order; one if they are the same point. */
function extremes(points: readonly Point[], start: number, end: number): Point[] {
  let low = start
  let high = start
  for (let i = start + 1; i < end; i++) {
    if (points[i]![1] < points[low]![1]) low = i
    if (points[i]![1] > points[high]![1]) high = i
  }
  if (low === high) return [points[low]!]
  return [points[Math.min(low, high)]!, points[Math.max(low, high)]!]
}

const columns = (points: readonly Point[]): Series => ({
  iterations: points.map(([iteration]) => iteration),
  values: points.map(([, value]) => value),
})
