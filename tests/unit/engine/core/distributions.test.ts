import { divergenceOf, entropyOf } from '@engine/core/distributions'
import { expect, it } from 'vitest'

it('measures entropy in nats', () => {
  expect(entropyOf(Float32Array.of(0.25, 0.25, 0.25, 0.25))).toBeCloseTo(Math.log(4), 6)
  expect(entropyOf(Float32Array.of(1, 0))).toBe(0)
  expect(entropyOf(Float32Array.of(0.9, 0.1))).toBeCloseTo(0.325083, 5)
})

it('measures the divergence in nats, from the first to the second', () => {
  const [p, q] = [Float32Array.of(0.5, 0.5), Float32Array.of(0.9, 0.1)]
  expect(divergenceOf(p, q)).toBeCloseTo(0.510826, 5)
  expect(divergenceOf(q, p)).toBeCloseTo(0.368064, 5)
  expect(divergenceOf(p, p)).toBe(0)
  expect(divergenceOf(Float32Array.of(1, 0), Float32Array.of(0, 1))).toBeGreaterThan(80) // finite where the other says never
})
