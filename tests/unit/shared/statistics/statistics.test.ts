import { averageOf, degreesOf, intervalOf, meanEstimate } from '@shared/statistics/estimate'
import { mean, variance } from '@shared/statistics/moments'
import { pairedDifference } from '@shared/statistics/paired'
import { drawsFrom } from '@shared/statistics/random'
import { studentCdf, studentQuantile } from '@shared/statistics/student-t'
import { describe, expect, it } from 'vitest'

describe('Student’s t', () => {
  // Two-sided critical values of the tables in every textbook.
  it.each([
    [0.9, 1, 6.3138],
    [0.9, 2, 2.92],
    [0.95, 4, 2.7764],
    [0.9, 7, 1.8946],
    [0.99, 10, 3.1693],
    [0.95, 120, 1.9799],
    [0.9, 1e7, 1.6449],
  ])('lies within t for a share of %f with %f degrees of freedom: %f', (confidence, degrees, t) => {
    expect(studentQuantile(confidence, degrees)).toBeCloseTo(t, 4)
  })

  it('has Cauchy’s distribution for one degree of freedom: 1/2 + atan(t) / π', () => {
    for (const t of [-30, -2, -0.1, 0, 0.5, 1, 12])
      expect(studentCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12)
  })

  it('takes degrees between whole numbers', () => {
    const [two, between, three] = [2, 2.5, 3].map((degrees) => studentQuantile(0.9, degrees))
    expect(between).toBeLessThan(two!)
    expect(between).toBeGreaterThan(three!)
  })
})

describe('a mean over seeds', () => {
  it('of 0.70, 0.74 and 0.78 is 0.74 ± 2.92 × 0.04 / √3', () => {
    const estimate = meanEstimate([0.7, 0.74, 0.78])!
    expect(estimate).toEqual({
      value: expect.closeTo(0.74),
      standardError: expect.closeTo(0.04 / Math.sqrt(3)),
      degrees: 2,
    })
    expect(intervalOf(estimate, 0.9)).toEqual({ low: expect.closeTo(0.6726, 4), high: expect.closeTo(0.8074, 4) })
  })

  it('needs two values', () => {
    expect(meanEstimate([0.7])).toBeNull()
  })

  it('of equal values has no error at all, although their rounded mean differs from them', () => {
    expect(mean([0.35, 0.35, 0.35])).not.toBe(0.35)
    expect(variance([0.35, 0.35, 0.35])).toBe(0)
    expect(variance([0.35])).toBeNaN()
  })

  it('of several tasks has the variance of independent ones', () => {
    const one = { value: 0.1, standardError: 0.03, degrees: 4 }
    const two = { value: 0.2, standardError: 0.04, degrees: 4 }
    // (9 + 16) / 4 in the squares; (9 + 16)² / (81 / 4 + 256 / 4) degrees.
    expect(averageOf([one, two])).toEqual({
      value: expect.closeTo(0.15),
      standardError: expect.closeTo(0.025),
      degrees: expect.closeTo(2500 / 337),
    })
    expect(averageOf([])).toBeNull()
  })

  it('gives all degrees where nothing varies', () => {
    expect(
      degreesOf([
        { variance: 0, degrees: 2 },
        { variance: 0, degrees: 9 },
      ]),
    ).toBe(11)
  })
})

describe('a paired difference', () => {
  it('of one problem that the arm solves and one that both do, in two seeds, is a half with an error of a half', () => {
    // Seeds agree; one of the two problems is drawn, so a resample is 0 or 1.
    const estimate = pairedDifference([
      [1, 0],
      [1, 0],
    ])!
    expect(estimate.value).toBe(0.5)
    expect(estimate.standardError).toBeCloseTo(Math.sqrt(0.25 + 1 / 32), 2)
    expect(estimate.degrees).toBe(1)
  })

  it('whose problems agree has the error of its seeds alone', () => {
    // Means 0 and 1: one of two seeds is drawn.
    const estimate = pairedDifference([
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ])!
    expect(estimate).toEqual({ value: 0.5, standardError: expect.closeTo(Math.sqrt(0.25 + 1 / 72), 2), degrees: 1 })
  })

  it('takes problems that differ only by chance for no problems’ part', () => {
    // Every mean over the seeds is 0 or 1/2 by chance; seeds’ means are equal.
    const estimate = pairedDifference([
      [1, 0, -1, 0],
      [-1, 0, 1, 0],
    ])!
    expect(estimate).toEqual({ value: 0, standardError: expect.closeTo(Math.sqrt(1 / 72)), degrees: 4 })
  })

  it('has the error that its parts give by formula', () => {
    const draw = drawsFrom(3)
    const effects = Array.from({ length: 60 }, () => draw(3) - 1)
    const differences = Array.from({ length: 6 }, () => effects.map((effect) => (draw(2) ? effect : draw(3) - 1)))
    const seedMeans = differences.map(mean)
    const all = mean(seedMeans)
    const parts = effects.map((_, p) => mean(differences.map((seed) => seed[p]!)) - all)
    const rest =
      differences
        .flatMap((seed, s) => seed.map((d, p) => (d - seedMeans[s]! - parts[p]!) ** 2))
        .reduce((a, b) => a + b) /
      (5 * 59)
    const ofProblems = variance(parts) - rest / 6
    expect(ofProblems).toBeGreaterThan(0)
    const formula = Math.sqrt(variance(seedMeans) / 6 + ofProblems / 60)
    expect(pairedDifference(differences)!.standardError / formula).toBeCloseTo(1, 1)
  })

  it('of equal answers is not certain: of 4 problems and 2 seeds by √(1 / 72), of 300 problems by a fifth of a point', () => {
    const same = (seeds: number, problems: number) =>
      pairedDifference(Array.from({ length: seeds }, () => new Float64Array(problems)))!.standardError
    expect(same(2, 4)).toBeCloseTo(Math.sqrt(1 / 72))
    expect(same(3, 300)).toBeCloseTo(0.0019, 4)
  })

  it('is the same every time', () => {
    const differences = [
      [1, 0, 0, -1, 1],
      [0, 0, 1, -1, 1],
    ]
    expect(pairedDifference(differences)).toEqual(pairedDifference(differences))
  })

  it('of one seed has the error of its problems, of one problem that of its seeds', () => {
    expect(pairedDifference([[1, 0, 0, 0]])).toEqual({
      value: 0.25,
      standardError: expect.closeTo(Math.sqrt(1 / 16 + 1 / 36), 2),
      degrees: 3,
    })
    expect(pairedDifference([[1], [0], [0], [0]])!.degrees).toBe(3)
    expect(pairedDifference([[1]])).toBeNull()
    expect(pairedDifference([])).toBeNull()
    expect(pairedDifference([[], []])).toBeNull()
  })
})
