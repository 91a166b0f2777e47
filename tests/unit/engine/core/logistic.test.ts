import { assertShape } from '@engine/core/assert-shape'
import { logOdds, logSigmoid, oneMinusExp } from '@engine/core/logistic'
import { maskedMean } from '@engine/core/mask'
import { tf } from '@engine/tensor/tf'
import '@tensorflow/tfjs-backend-cpu'
import { beforeAll, expect, test } from 'vitest'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Values and derivatives of an elementwise function. */
function evaluate(f: typeof logSigmoid, xs: readonly number[]) {
  return tf.tidy(() => {
    const x = tf.tensor1d([...xs])
    const derivative = tf.grad((z) => tf.sum(f(z)))(x)
    return xs.map((_, i) => ({
      value: f(x).dataSync()[i] ?? Number.NaN,
      derivative: derivative.dataSync()[i] ?? Number.NaN,
    }))
  })
}

const relative = (found: number, expected: number) => Math.abs(found - expected) / Math.abs(expected)

test('log σ is exact at 0 and does not overflow at ±10,000', () => {
  const [low, zero, one, high] = evaluate(logSigmoid, [-1e4, 0, 1, 1e4])
  expect(low).toEqual({ value: -1e4, derivative: 1 })
  expect(zero).toEqual({ value: expect.closeTo(-Math.LN2, 6), derivative: 0.5 })
  expect(one?.value).toBeCloseTo(-Math.log1p(Math.exp(-1)), 6)
  expect(high?.value).toBeCloseTo(0, 12)
  expect(high?.derivative).toBeCloseTo(0, 12)
})

test('1 − eˣ keeps its digits near 0 and on both sides of the switch', () => {
  const xs = [-1e-7, -1e-5, -1e-3, -0.05, -0.0999, -0.1001, -1, -30, -1e4]
  const found = oneMinusExp(tf.tensor1d(xs)).dataSync()
  xs.forEach((x, i) => {
    expect(relative(found[i] ?? Number.NaN, -Math.expm1(x)), String(x)).toBeLessThan(2e-6)
  })
})

test('log odds and their derivative are right from near 0 to very small probabilities', () => {
  const xs = [-1e-5, -1e-2, -0.2, -0.69, -3, -50]
  evaluate(logOdds, xs).forEach(({ value, derivative }, i) => {
    const x = xs[i] ?? Number.NaN
    expect(Math.abs(value - (x - Math.log(-Math.expm1(x))))).toBeLessThan(5e-6 * (1 + Math.abs(value)))
    expect(relative(derivative, -1 / Math.expm1(x))).toBeLessThan(2e-6)
  })
})

test('log odds of a certain answer are those of a log-probability of −1e-6', () => {
  const [certain, limit] = evaluate(logOdds, [0, -1e-6])
  expect(certain).toEqual(limit)
  expect(certain?.value).toBeCloseTo(13.8155, 3)
  expect(relative(certain?.derivative ?? Number.NaN, 1e6)).toBeLessThan(1e-5)
})

test('masked means leave out infinities and NaN, and weigh by the mask', () => {
  // (1 · 2 + 0.5 · 4) / 4 = 1
  const mean = maskedMean(tf.tensor1d([2, 4, Number.NaN, -Infinity]), tf.tensor1d([1, 0.5, 0, 0]), tf.scalar(4))
  expect(mean.dataSync()[0]).toBe(1)
})

test('a shape assert names the tensor and both shapes', () => {
  expect(() => assertShape('logp', tf.zeros([2, 3]), [2, 4])).toThrow('logp: expected shape [2, 4], found [2, 3]')
  expect(() => assertShape('logp', tf.zeros([2, 3]), [2, 3])).not.toThrow()
})
