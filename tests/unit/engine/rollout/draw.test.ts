import { draw, drawGreedy } from '@engine/rollout/draw'
import { expect, test } from 'vitest'

const whole = { topK: 0, topP: 1 }
/** Two rows; the second is 0.1, 0.2, 0.3, 0.4. */
const probs = Float32Array.of(1, 0, 0, 0, 0.1, 0.2, 0.3, 0.4)

test('the token is where the running sum passes the uniform number', () => {
  const at = (u: number) => draw(probs, 4, 4, u, whole).token
  expect([0, 0.05, 0.15, 0.29, 0.31, 0.59, 0.61, 0.999999].map(at)).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
})

test('a token of probability 0 is never drawn, whatever rounding does', () => {
  for (const u of [0, 0.5, 0.9999999999]) expect(draw(probs, 0, 4, u, whole)).toEqual({ token: 0, logprob: 0 })
  expect(draw(Float32Array.of(0, 0.3, 0.7, 0), 0, 4, 1 - 2 ** -32, whole).token).toBe(2)
})

test('the log-probability is that of the whole distribution, also under top-k and top-p', () => {
  expect(draw(probs, 4, 4, 0.999, { topK: 1, topP: 1 })).toEqual({ token: 3, logprob: Math.log(probs[7]!) })
})

test('top-k keeps the k most probable tokens, renormalised', () => {
  const at = (u: number) => draw(probs, 4, 4, u, { topK: 2, topP: 1 }).token
  // 0.4 and 0.3 remain: 4/7 and 3/7
  expect([0, 0.57, 0.58, 0.99].map(at)).toEqual([3, 3, 2, 2])
})

test('top-p keeps the smallest set that reaches p', () => {
  const at = (u: number, topP: number) => draw(probs, 4, 4, u, { topK: 0, topP }).token
  expect(at(0.99, 0.39)).toBe(3)
  expect(at(0.99, 0.6)).toBe(2)
  expect(at(0.99, 0.71)).toBe(1)
})

test('greedy takes the largest, the lower id on ties', () => {
  expect(drawGreedy(probs, 4, 4).token).toBe(3)
  expect(drawGreedy(Float32Array.of(0.2, 0.4, 0.4), 0, 3).token).toBe(1)
})
