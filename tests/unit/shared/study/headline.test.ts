import { studyResults } from '@shared/study/evaluate'
import { headlineOf } from '@shared/study/headline'
import type { Finding, StudyResults } from '@shared/study/results'
import { describe, expect, it } from 'vitest'
import { study } from './fixtures'

const empty = studyResults(study(), { runs: [], missing: [], total: 6 })

/** Differences of arms by what was found of them. */
function found(arms: readonly (readonly [arm: string, finding: Finding, difference: number])[]): StudyResults {
  const comparisons = arms.map(([arm, , difference]) => ({
    arm,
    base: 'base',
    basis: 'measure' as const,
    difference,
    interval: null,
    confidence: 0.9,
    standardError: null,
    degrees: null,
    seeds: 3,
    problems: 9,
    at: null,
    why: null,
  }))
  const verdicts = arms.map(([arm, finding]) => ({
    arm,
    basis: 'measure' as const,
    finding,
    sentence: `${arm} is it.`,
  }))
  return { ...empty, base: 'base', tasks: [{ ...empty.tasks[0]!, comparisons, verdicts }] }
}

describe('the headline of a study', () => {
  it('is none before anything can be compared', () => {
    expect(headlineOf(empty)).toBeNull()
  })

  it('of two arms is their verdict', () => {
    expect(headlineOf(found([['guided', 'undecided', 0]]))).toBe('guided is it.')
  })

  it('of several names the one furthest ahead and counts the others', () => {
    const results = found([
      ['a', 'better', 0.1],
      ['b', 'better', 0.2],
      ['c', 'undecided', 0.3],
      ['d', 'worse', -0.1],
    ])
    expect(headlineOf(results)).toBe('b is it. Other arms: 1 also better, 1 undecided, 1 worse.')
    expect(
      headlineOf(
        found([
          ['c', 'undecided', 0.3],
          ['d', 'worse', -0.1],
        ]),
      ),
    ).toBe('No arm was found better than base: 1 undecided, 1 worse.')
  })
})
