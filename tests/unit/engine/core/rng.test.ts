import { deriveSeed, hash, normal, permutation, uniform } from '@engine/core/rng'
import { describe, expect, test } from 'vitest'

const N = 20_000

describe('counter-based random numbers', () => {
  test('are a pure function of seed, stream and counter', () => {
    expect(hash(1, 2, 3)).toBe(hash(1, 2, 3))
    expect(new Set([hash(1, 2, 3), hash(2, 2, 3), hash(1, 3, 3), hash(1, 2, 4), hash(3, 2, 1)]).size).toBe(5)
  })

  test.each([
    ['counters', (i: number) => uniform(7, 0, i)],
    ['streams', (i: number) => uniform(7, i, 0)],
    ['seeds', (i: number) => uniform(i, 0, 0)],
  ])('are uniform over consecutive %s: mean, variance and ten equal bins', (_, draw) => {
    const values = Array.from({ length: N }, (_, i) => draw(i))
    const mean = values.reduce((a, b) => a + b, 0) / N
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / N
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / N))
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.003)
    const bins = new Array<number>(10).fill(0)
    for (const value of values) bins[Math.floor(value * 10)]!++
    const chi2 = bins.reduce((sum, count) => sum + (count - N / 10) ** 2 / (N / 10), 0)
    expect(chi2).toBeLessThan(33.7) // 9 degrees of freedom, p = 1e-4
  })

  test('of neighbouring counters and streams are uncorrelated', () => {
    for (const next of [
      (i: number) => uniform(7, 0, i + 1),
      (i: number) => uniform(7, 1, i),
      (i: number) => uniform(8, 0, i),
    ]) {
      let sum = 0
      for (let i = 0; i < N; i++) sum += (uniform(7, 0, i) - 0.5) * (next(i) - 0.5)
      expect(Math.abs((sum / N) * 12)).toBeLessThan(4 / Math.sqrt(N))
    }
  })

  test('normal draws have mean 0, variance 1 and normal tails', () => {
    const values = Array.from({ length: N }, (_, i) => normal(3, 1, i))
    const mean = values.reduce((a, b) => a + b, 0) / N
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / N
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(N))
    expect(Math.abs(variance - 1)).toBeLessThan(0.05)
    const beyondTwo = values.filter((value) => Math.abs(value) > 2).length / N
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(0.007)
  })
})

test('derived seeds differ by every part and by their order', () => {
  const seeds = [
    deriveSeed(1),
    deriveSeed(1, 2),
    deriveSeed(1, 3),
    deriveSeed(1, 2, 3),
    deriveSeed(1, 3, 2),
    deriveSeed(2, 2),
  ]
  expect(new Set(seeds).size).toBe(seeds.length)
})

test('a permutation holds every index once, and each index comes first about equally often', () => {
  expect([...permutation(100, 5)].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i))
  const firsts = new Array<number>(5).fill(0)
  for (let seed = 0; seed < 5000; seed++) firsts[permutation(5, seed)[0]!]!++
  for (const count of firsts) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(800))
})
