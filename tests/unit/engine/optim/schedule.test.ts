import { learningRateAt } from '@engine/optim/schedule'
import { expect, test } from 'vitest'

const at = (schedule: 'constant' | 'linear' | 'cosine', warmupSteps: number, steps: readonly number[], total = 12) =>
  steps.map((step) => learningRateAt(step, total, { learningRate: 1, schedule, warmupSteps }))
const close = (values: readonly number[]) => values.map((x) => expect.closeTo(x, 12))

test('without warm-up the first step has the peak', () => {
  for (const schedule of ['constant', 'linear', 'cosine'] as const) expect(at(schedule, 0, [0])).toEqual([1])
})

test('warm-up rises in equal steps from above 0 and reaches the peak once', () => {
  expect(at('linear', 3, [0, 1, 2, 3])).toEqual(close([0.25, 0.5, 0.75, 1]))
})

test('linear falls in a straight line to 0 at the total', () => {
  // 2 warm-up steps of 12: half way at step 2 + 5, a tenth left at the last step
  expect(at('linear', 2, [2, 7, 11, 12, 100])).toEqual(close([1, 0.5, 0.1, 0, 0]))
})

test('cosine is at the middle half way and ends at 0', () => {
  expect(at('cosine', 2, [2, 7, 12, 100])).toEqual(close([1, 0.5, 0, 0]))
})

test('constant stays, and a warm-up as long as the run only rises', () => {
  expect(at('constant', 2, [2, 11, 50])).toEqual([1, 1, 1])
  expect(at('cosine', 12, [0, 11])).toEqual(close([1 / 13, 12 / 13]))
})

test('the peak scales everything', () => {
  expect(learningRateAt(7, 12, { learningRate: 2e-5, schedule: 'linear', warmupSteps: 2 })).toBeCloseTo(1e-5, 12)
})
