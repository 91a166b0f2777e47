import { armColour, armsModel, readArms } from '@renderer/features/experiments/arm-curves'
import { edited, iterationsOf } from '@renderer/features/experiments/edits'
import {
  canContinue,
  canPause,
  canRemove,
  changedSettings,
  plansOf,
  progressWords,
  settled,
  sweepable,
  sweepValues,
  timeLeftWords,
} from '@renderer/features/experiments/words'
import type { StudySummary } from '@shared/contract/studies'
import { draftOf } from '@shared/plan/draft'
import { describedById } from '@shared/plan/fields'
import { describe, expect, it } from 'vitest'
import { study } from '../shared/study/fixtures'

const point = (iteration: number, x: number, mean: number) => ({
  iteration,
  x,
  mean,
  low: mean - 0.1,
  high: mean + 0.1,
  seeds: 2,
})

describe('curves of arms', () => {
  const curves = [
    { arm: 'base', points: [point(0, 0, 0.2), point(2, 20, 0.3)] },
    { arm: 'none', points: [] },
    { arm: 'guided', points: [point(0, 0, 0.2), point(2, 10, 0.5), point(4, 8, 0.4)] },
  ]
  const model = armsModel(curves, ['base', 'none', 'guided'])

  it('lie over one axis, each with its band and its colour by its place in the study', () => {
    expect(model.x).toEqual([0, 8, 10, 20])
    expect(model.lines.map(({ label, color }) => [label, color])).toEqual([
      ['base', '--run-1'],
      ['guided', '--run-3'],
    ])
    expect(model.lines[1]!.values).toEqual([0.2, 0.4, 0.5, null])
    expect(model.lines[0]!.band?.high).toEqual([0.2 + 0.1, null, null, 0.3 + 0.1])
    expect(armColour(['base'], 'unknown')).toEqual(armColour(['base'], 'base'))
  })

  it('are read at the newest evaluation before the pointer', () => {
    expect(readArms(model, 2)).toEqual([
      { arm: 'base', value: 0.2 },
      { arm: 'guided', value: 0.5 },
    ])
    expect(readArms(model, 9)).toEqual([])
  })

  it('have whole numbers on a long axis only', () => {
    expect(model.hasFractions).toBe(false)
    expect(armsModel([{ arm: 'a', points: [point(1, 0.4, 0.1)] }], ['a']).hasFractions).toBe(true)
  })
})

describe('a study in words', () => {
  const runs = { total: 10, finished: 3, running: 1, waiting: 4, failed: 1, leftOut: 1 }
  const summary = (more: Partial<StudySummary>) =>
    ({ state: 'running', isElsewhere: false, runs, ...more }) as StudySummary

  it('says what is done, failed and left out, and how long the rest takes', () => {
    expect(progressWords(runs)).toBe('3 of 10 runs done, 1 failed, 1 left out')
    expect(settled(runs)).toBe(5)
    expect(timeLeftWords(summary({ secondsLeft: 120 }))).toBe('about 2 min left')
    expect(timeLeftWords(summary({ secondsLeft: 120, state: 'paused' }))).toBe('about 2 min of work left')
    expect(timeLeftWords(summary({ secondsLeft: null }))).toBe('time left: known after the first run')
    expect(timeLeftWords(summary({ secondsLeft: 0, state: 'done' }))).toBe('')
  })

  it('offers what its state allows', () => {
    const offers = (more: Partial<StudySummary>) => {
      const one = summary(more)
      return [canPause(one), canContinue(one), canRemove(one)]
    }
    expect(offers({})).toEqual([true, false, false])
    expect(offers({ isElsewhere: true })).toEqual([false, false, false])
    expect(offers({ state: 'queued' })).toEqual([true, false, true])
    expect(offers({ state: 'paused' })).toEqual([false, true, true])
    expect(offers({ state: 'done' })).toEqual([false, false, true])
  })

  it('names changed settings as the form does; null is the default', () => {
    const plans = plansOf(study())
    expect(changedSettings({ 'gpo.criticalStep': 'none', 'optimiser.learningRate': null }, plans)).toEqual([
      { path: 'gpo.criticalStep', label: 'GPO: Critical step', value: 'Off' },
      { path: 'optimiser.learningRate', label: 'Optimiser: Learning rate', value: 'default' },
    ])
  })
})

describe('a sweep', () => {
  it('is over settings that have an effect in the plan and that a study may change', () => {
    const paths = sweepable(draftOf(plansOf(study())[1]!)).map(({ path }) => path)
    expect(paths).toContain('optimiser.learningRate')
    expect(paths).not.toContain('seed')
    expect(paths).not.toContain('objective.simpoGamma')
    expect(new Set(paths).size).toBe(paths.length)
  })

  it('reads numbers, words and switches', () => {
    const rate = describedById('optimiser.learningRate')
    expect(sweepValues(rate, '1e-5, 3e-5;1e-4 1e-4')).toEqual([1e-5, 3e-5, 1e-4])
    expect(sweepValues(rate, 'fast')).toEqual(['fast'])
    expect(sweepValues(describedById('gpo.criticalStep'), 'max,none')).toEqual(['max', 'none'])
    expect(sweepValues(describedById('gpo.reuseRollouts'), 'true,false')).toEqual([true, false])
    expect(sweepValues(rate, ' , ')).toEqual([])
  })
})

describe('what is decided before the start', () => {
  it('changes the document, and nothing else of it', () => {
    const before = study()
    expect(edited(before, {})).toEqual({ ...before, question: undefined })
    const after = edited(before, { name: 'n', question: 'q', confidence: 0.95, endsEarly: true, iterations: 3 })
    expect(after).toMatchObject({
      name: 'n',
      question: 'q',
      measure: { confidence: 0.95, iteration: 'last' },
      stopEarly: { when: 'worseThanBase', afterSeeds: 3, confidence: 0.99 },
      plan: { budget: { iterations: 3 } },
    })
    expect(edited(after, { endsEarly: false })).not.toHaveProperty('stopEarly')
    expect(edited(after, { question: '' }).question).toBeUndefined()
  })

  it('leaves iterations alone that an arm has of its own', () => {
    expect(iterationsOf(study())).toBe(20)
    const arms = [...study().arms.slice(0, 1), { name: 'long', changes: { 'budget.iterations': 40 } }]
    expect(iterationsOf(study({ arms }))).toBeNull()
  })
})
