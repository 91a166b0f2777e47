import { selectCriticalStep, selectionConfidence } from '@engine/gpo/critical-step'
import { advantagesOf } from '@shared/method/critical-step'
import { describe, expect, test } from 'vitest'

const state = (successes: number, samples: number) => ({ successes, samples, value: successes / samples })
const known = (value: number) => ({ successes: value, samples: 0, value })

// V: 0.50 → 0.75 → 0.75 → 0.25 → 1
const states = [state(2, 4), state(3, 4), state(3, 4), state(1, 4), known(1)]

test('an advantage is the value after a step minus the value before it', () => {
  expect(advantagesOf(states)).toEqual([0.25, 0, -0.5, 0.75])
})

describe('the rule decides which step is critical', () => {
  test.each([
    ['max', 3],
    ['maxAbs', 3],
    ['min', 2],
    ['undecided', 0],
    ['value', 1],
  ] as const)('%s selects step %i', (rule, step) => {
    expect(selectCriticalStep(states, rule, 1).step).toBe(step)
  })

  test('ties go to the earliest step', () => {
    expect(selectCriticalStep([state(1, 4), state(2, 4), state(3, 4), known(1)], 'max', 1).step).toBe(0)
  })

  test('random gives every step its turn, and the same step for the same seed', () => {
    const steps = Array.from({ length: 400 }, (_, seed) => selectCriticalStep(states, 'random', seed).step)
    for (let step = 0; step < 4; step++) {
      const share = steps.filter((s) => s === step).length / 400
      expect(Math.abs(share - 0.25)).toBeLessThan(0.09) // four standard errors
    }
    expect(selectCriticalStep(states, 'random', 7)).toEqual(selectCriticalStep(states, 'random', 7))
  })

  test('a trajectory of one step has that step critical, with certainty', () => {
    expect(selectCriticalStep([state(1, 4), known(0)], 'max', 1)).toMatchObject({
      step: 0,
      advantage: -0.25,
      confidence: 1,
    })
  })
})

describe('the confidence of a selection', () => {
  test('is one half between two steps with the same evidence', () => {
    // Steps 0 and 1 mirror each other around the middle state: A_0 = V_1 − V_0 and A_1 = V_2 − V_1 are equally likely the larger one.
    const even = [state(5, 10), state(5, 10), state(5, 10)]
    expect(Math.abs(selectionConfidence(even, 0, 'max', 3) - 0.5)).toBeLessThan(0.1)
  })

  test('grows with the number of samples at equal values', () => {
    const few = selectionConfidence([state(1, 4), state(3, 4), known(1)], 0, 'max', 1)
    const many = selectionConfidence([state(100, 400), state(300, 400), known(1)], 0, 'max', 1)
    expect(many).toBeGreaterThan(0.99)
    expect(few).toBeLessThan(0.9)
  })

  test('matches the exact probability of a case that can be integrated', () => {
    // One estimated state between known ones: V_0 = 0, V_1 ~ Beta(1 + 1, 1 + 1), V_2 = 1. A_0 = V_1 beats A_1 = 1 − V_1 iff V_1 > 1/2.
    expect(Math.abs(selectionConfidence([known(0), state(1, 2), known(1)], 0, 'max', 5) - 0.5)).toBeLessThan(0.1)
    // V_1 ~ Beta(1 + 3, 1 + 0): P(V_1 > 1/2) = 1 − 1/16.
    expect(Math.abs(selectionConfidence([known(0), state(3, 3), known(1)], 0, 'max', 5) - 15 / 16)).toBeLessThan(0.05)
  })
})
