import { advantagesOf, argMax, SCORED_RULES, SELECTING_RULES, stepBy } from '@shared/method/critical-step'
import { isGuided } from '@shared/method/guided'
import { describe, expect, it } from 'vitest'

describe('the rules of the critical step', () => {
  const advantages = advantagesOf([0.5, 0.25, 0.75, 0.5, 1, 0.25].map((value) => ({ value })))

  it('look at what each step gains', () => {
    expect(advantages).toEqual([-0.25, 0.5, -0.25, 0.5, -0.75])
  })

  it('take the earliest of equal steps', () => {
    expect(stepBy('max', advantages)).toBe(1)
    expect(stepBy('min', [0, -0.25, -0.25])).toBe(1)
    expect(stepBy('maxAbs', advantages)).toBe(4)
    expect(argMax([2, 3, 3])).toBe(1)
  })

  it('are those that choose by score, and the random one', () => {
    expect(SCORED_RULES).toEqual(['max', 'maxAbs', 'min'])
    expect(SELECTING_RULES).toEqual(['max', 'maxAbs', 'min', 'random'])
  })

  it('guide every objective but SFT', () => {
    expect(isGuided({ objective: { kind: 'ppo' }, gpo: { criticalStep: 'max' } })).toBe(true)
    expect(isGuided({ objective: { kind: 'ppo' }, gpo: { criticalStep: 'none' } })).toBe(false)
    expect(isGuided({ objective: { kind: 'sft' }, gpo: { criticalStep: 'max' } })).toBe(false)
  })
})
