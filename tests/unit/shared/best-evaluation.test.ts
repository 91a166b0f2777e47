import { accuracyOf, bestEvaluation } from '@shared/best-evaluation'
import { expect, test } from 'vitest'

const at = (iteration: number, correct: number, n = 10) => ({ iteration, correct, n })

test('the best is the highest since training began, of equal ones the earliest', () => {
  expect(bestEvaluation([at(0, 5), at(4, 6), at(8, 7), at(12, 7)])).toEqual(at(8, 7))
  expect(bestEvaluation([at(4, 6), at(8, 13, 20)])).toEqual(at(8, 13, 20))
})

test('the model before training is never the best of a run', () => {
  expect(bestEvaluation([at(0, 9), at(4, 6)])).toEqual(at(4, 6))
  expect(bestEvaluation([at(0, 9)])).toBeNull()
})

test('an evaluation without rows is none', () => {
  expect(bestEvaluation([at(4, 0, 0)])).toBeNull()
  expect(accuracyOf(at(4, 0, 0))).toBeNull()
})
