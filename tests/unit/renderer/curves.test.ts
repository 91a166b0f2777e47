import { align, logScaleOf, rangeWithoutOutliers, readAt, smooth } from '@renderer/charts/curves'
import { describe, expect, it } from 'vitest'

const series = (values: number[], iterations = values.map((_, i) => i + 1)) => ({ iterations, values })

describe('smoothing', () => {
  it('leaves a curve as it is at 0, and a constant one at any weight', () => {
    expect(smooth(series([1, 5, 2]), 0).values).toEqual([1, 5, 2])
    for (const value of smooth(series([3, 3, 3]), 0.9).values) expect(value).toBeCloseTo(3)
  })

  it('begins at the first value: the mean of what was seen, newer points count more', () => {
    const { values } = smooth(series([0, 1]), 0.5)
    expect(values[0]).toBe(0)
    expect(values[1]).toBeCloseTo(2 / 3) // 0.5 · 1 over 0.5 · 0.5 + 0.5
  })

  it('forgets by iterations, not by points', () => {
    const near = smooth(series([0, 1], [1, 2]), 0.5).values[1]!
    const far = smooth(series([0, 1], [1, 50]), 0.5).values[1]!
    expect(far).toBeGreaterThan(near)
    expect(far).toBeCloseTo(1, 6)
  })

  it('forgets half as fast with a unit of two iterations', () => {
    const whole = smooth(series([0, 1, 0], [1, 2, 3]), 0.5).values
    const wide = smooth(series([0, 1, 0], [2, 4, 6]), 0.5, 2).values
    expect(wide[2]! / whole[2]!).toBeCloseTo(1, 0)
    expect(smooth(series([0, 1], [1, 100]), 0.5, 1000).values[1]!).toBeLessThan(1)
  })
})

describe('alignment', () => {
  it('gives lines one x, with nothing where a series has no point', () => {
    const { x, columns } = align([series([1, 2], [1, 3]), series([9], [2])], [4])
    expect(x).toEqual([1, 2, 3, 4])
    expect(columns).toEqual([
      [1, null, 2, null],
      [null, 9, null, null],
    ])
  })

  it('reads the newest point at or before an x, and says which it is', () => {
    const x = [1, 2, 3]
    expect(readAt(x, [null, 5, null], 3)).toEqual({ x: 2, value: 5 })
    expect(readAt(x, [null, 5, null], 100)).toEqual({ x: 2, value: 5 })
    expect(readAt(x, [null, 5, null], 1)).toBeNull()
    expect(readAt(x, [4, 5, 6], 0)).toBeNull()
    expect(readAt(x, [4, 5, 6], 2.5)).toEqual({ x: 2, value: 5 })
    expect(readAt([], [], 0)).toBeNull()
  })
})

describe('the range without outliers', () => {
  it('leaves out a spike and keeps the rest', () => {
    const [low, high] = rangeWithoutOutliers([1, 2, 1.5, 1.2, 1.8, 500])!
    expect(low).toBeLessThan(1)
    expect(high).toBeGreaterThan(2)
    expect(high).toBeLessThan(3)
  })

  it('is none if no value lies outside, or too little is known', () => {
    expect(rangeWithoutOutliers([1, 2, 3, 4, 5, 6])).toBeNull()
    expect(rangeWithoutOutliers([1, 500])).toBeNull()
  })

  it('shows a flat curve with one spike', () => {
    const [low, high] = rangeWithoutOutliers([0, 0, 0, 0, 0, 0, 7])!
    expect(low).toBeLessThan(0)
    expect(high).toBeLessThan(7)
  })
})

describe('a logarithmic axis', () => {
  it('is a plain one where all values are above 0 and far apart', () => {
    expect(logScaleOf([0.1, 10])).toEqual({ kind: 'log' })
    expect(logScaleOf([12_000, 14_000])).toBeNull()
  })

  it('is linear around 0 where some are not', () => {
    expect(logScaleOf([-0.02, 0, 0.5, 30])).toEqual({ kind: 'asinh', threshold: 0.1 })
    expect(logScaleOf([0, 0])).toBeNull()
  })
})
