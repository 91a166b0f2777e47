import {
  advantagesOf,
  argMax,
  type CriticalRule,
  SCORED_RULES,
  SELECTING_RULES,
  stepBy,
  undecidedness,
} from '@shared/method/critical-step'
import { isGuided, reusesContinuations } from '@shared/method/guided'
import { describe, expect, it } from 'vitest'

describe('the rules of the critical step', () => {
  const states = (...values: readonly (number | null)[]) => values.map((value) => ({ value }))
  const path = states(0.5, 0.25, 0.75, 0.5, 1, 0.25)

  it('look at what each step gains', () => {
    expect(advantagesOf(path)).toEqual([-0.25, 0.5, -0.25, 0.5, -0.75])
  })

  it('take the earliest of equal steps', () => {
    expect(stepBy('max', path)).toBe(1)
    expect(stepBy('min', states(0.5, 0.5, 0.25, 0))).toBe(1)
    expect(stepBy('maxAbs', path)).toBe(4)
    expect(argMax([2, 3, 3])).toBe(1)
  })

  it('look at the state before the step where it is the state that counts', () => {
    expect(stepBy('undecided', states(0.25, 0.75, 0.5, 0, 1))).toBe(2)
    expect(stepBy('undecided', states(0.75, 0.25, 0.25, 1))).toBe(0)
    expect(stepBy('value', states(0.25, 0.75, 0.5, 0, 1))).toBe(1)
  })

  it('never select a step whose values are not known', () => {
    expect(stepBy('undecided', states(null, 1, null, 0))).toBe(1)
    expect(stepBy('max', states(0, null, 1, 0.5, 0.75))).toBe(3)
    expect(advantagesOf(states(0.5, null, 1))).toEqual([null, null])
  })

  it('trust few samples less: a state with one right of two is less surely undecided than one with three of six', () => {
    const estimated = (successes: number, samples: number) => ({ successes, samples, value: successes / samples })
    expect(stepBy('undecided', [estimated(1, 2), estimated(3, 6), { value: 1 }])).toBe(1)
    // The mean of V(1 − V) under Beta(1 + 1, 1 + 3) is 2 · 4 / (6 · 7).
    expect(undecidedness(estimated(1, 4))).toBeCloseTo(8 / 42, 12)
    expect(undecidedness({ value: 0.25 })).toBe(3 / 16)
  })

  it('are those that choose by score, and the random one', () => {
    expect(SCORED_RULES).toEqual(['undecided', 'value', 'max', 'maxAbs', 'min'])
    expect(SELECTING_RULES).toEqual(['undecided', 'value', 'max', 'maxAbs', 'min', 'random'])
  })

  it('guide every objective but SFT', () => {
    expect(isGuided({ objective: { kind: 'ppo' }, gpo: { criticalStep: 'max' } })).toBe(true)
    expect(isGuided({ objective: { kind: 'ppo' }, gpo: { criticalStep: 'none' } })).toBe(false)
    expect(isGuided({ objective: { kind: 'sft' }, gpo: { criticalStep: 'max' } })).toBe(false)
  })

  it('are not followed by reuse where a critic would learn from continuations chosen by their outcome', () => {
    const plan = (kind: string, baseline: 'critic' | 'group', criticalStep: CriticalRule) =>
      reusesContinuations({ objective: { kind, baseline }, gpo: { criticalStep, reuseRollouts: true } })
    expect(plan('ppo', 'critic', 'undecided')).toBe(false)
    expect(plan('ppo', 'critic', 'max')).toBe(false)
    expect(plan('ppo', 'critic', 'random')).toBe(true)
    expect(plan('ppo', 'group', 'max')).toBe(true)
    expect(plan('grpo', 'critic', 'max')).toBe(true)
  })
})
