import { comparePaired, mcnemar } from '@shared/statistics/mcnemar'
import { drawsFrom } from '@shared/statistics/random'
import { describe, expect, it } from 'vitest'

describe('McNemar’s exact test', () => {
  // 2 Σ C(n, i) / 2^n with Python's integers.
  it.each([
    [5, 15, 0.04138946533203125],
    [0, 5, 0.0625],
    [10, 10, 1],
    [1, 8, 0.0390625],
    [0, 0, 1],
    [40, 80, 0.0003304000183913207],
    [300, 500, 1.5263155581539785e-12],
    [1200, 1100, 0.03896685268382058],
  ])('%i against %i', (onlyFirst, onlySecond, p) => {
    expect(mcnemar({ onlyFirst, onlySecond })).toBeCloseTo(p, 12)
    expect(mcnemar({ onlyFirst: onlySecond, onlySecond: onlyFirst }) / p).toBeCloseTo(1, 9)
  })
})

describe('the difference of two models on the same rows', () => {
  it('is the second’s share minus the first’s, in the middle of its interval where there are many rows', () => {
    const found = comparePaired({ both: 500, onlyFirst: 100, onlySecond: 160, neither: 240 })!
    expect(found).toMatchObject({ n: 1000, difference: 0.06 })
    // Wald's: 1.645 √((0.26 − 0.06²) / 1000)
    expect(found.high - found.difference).toBeCloseTo(1.645 * Math.sqrt((0.26 - 0.06 ** 2) / 1000), 3)
    expect((found.high + found.low) / 2).toBeCloseTo(0.06, 3)
  })

  it('is unsure where both gave the same answers to few rows', () => {
    const { low, high, p } = comparePaired({ both: 3, onlyFirst: 0, onlySecond: 0, neither: 3 })!
    expect(low).toBeLessThan(-0.1)
    expect(high).toBeGreaterThan(0.1)
    expect(p).toBe(1)
  })

  it('is not known without rows', () => {
    expect(comparePaired({ both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 })).toBeNull()
  })

  it('has the true difference in about 90 % of its intervals', () => {
    const draw = drawsFrom(7)
    const shares = [0.5, 0.1, 0.15, 0.25] as const // both, only first, only second, neither: a difference of 0.05
    let held = 0
    for (let repeat = 0; repeat < 2000; repeat++) {
      const counts = [0, 0, 0, 0]
      for (let row = 0; row < 100; row++) {
        let at = draw(1_000_000) / 1_000_000
        let cell = 0
        while (cell < 3 && at >= shares[cell]!) at -= shares[cell++]!
        counts[cell]!++
      }
      const [both, onlyFirst, onlySecond, neither] = counts as [number, number, number, number]
      const { low, high } = comparePaired({ both, onlyFirst, onlySecond, neither })!
      if (low <= 0.05 && high >= 0.05) held++
    }
    expect(held / 2000).toBeGreaterThan(0.88)
    expect(held / 2000).toBeLessThan(0.94)
  })
})
