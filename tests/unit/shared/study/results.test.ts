import { compare, pairsOf } from '@shared/study/compare'
import { type Evidence, studyResults } from '@shared/study/evaluate'
import { studyFigure } from '@shared/study/figure'
import { problemDifferences } from '@shared/study/problems'
import { csvReport } from '@shared/study/report-csv'
import { markdownReport } from '@shared/study/report-markdown'
import { measuredOf, runningTotals, standingAt } from '@shared/study/run-data'
import { endedEarly } from '@shared/study/stop-early'
import { roundTicks } from '@shared/study/ticks'
import { findingOf, verdictOf } from '@shared/study/verdict'
import { amount, points, signedPoints } from '@shared/study/words'
import { describe, expect, it } from 'vitest'
import { evaluation, runData, study } from './fixtures'

/** Guided solves row 1 besides, in every seed; it takes twice the tokens. */
const runs = [1, 2, 3].flatMap((seed) => [
  runData({ arm: 'base', seed, right: { 0: '0000', 10: '1000', 20: '1000' } }),
  runData({ arm: 'guided', seed, right: { 0: '0000', 10: '1000', 20: '1100' }, tokens: 200 }),
])
const evidence: Evidence = { runs, missing: [], total: 6 }
const asked = { arm: 'guided', base: 'base', confidence: 0.9 } as const

describe('an amount of a budget', () => {
  it('is summed over iterations, and is not known if one is missing', () => {
    expect(runningTotals([1, 2, 3], [5, 0, 2])).toEqual([0, 5, 5, 7])
    expect(runningTotals([1, 3], [5, 2])).toBeNull()
    expect(runningTotals([2], [5])).toBeNull()
    expect(runningTotals([], [])).toBeNull()
  })

  it('between two evaluations mixes them, problem by problem', () => {
    const run = runData({ arm: 'a', seed: 1, right: { 0: '0011', 10: '1001', 20: '1100' } })
    expect(standingAt(run, 'trained', 250)).toEqual({
      accuracy: 0.5,
      outcomes: new Map([
        [0, 0.25],
        [1, 0],
        [2, 0.75],
        [3, 1],
      ]),
    })
    expect(standingAt(run, 'trained', 1000)!.accuracy).toBe(0.5)
    expect(standingAt(run, 'trained', 2001)).toBeNull()
    expect(standingAt(run, 'generated', 10)).toBeNull()
  })

  it('of a measure is the fixed iteration, or the last one of a run that has ended', () => {
    const evaluations = [evaluation(0, '0'), evaluation(10, '1'), evaluation(20, '0')]
    const measure = { metric: 'accuracy', confidence: 0.9 } as const
    expect(measuredOf(evaluations, { ...measure, iteration: 'last' }, true)!.iteration).toBe(20)
    expect(measuredOf(evaluations, { ...measure, iteration: 'last' }, false)).toBeNull()
    expect(measuredOf(evaluations, { ...measure, iteration: 10 }, false)!.iteration).toBe(10)
    expect(measuredOf(evaluations.slice(0, 1), { ...measure, iteration: 'last' }, true)).toBeNull()
  })
})

describe('a comparison', () => {
  const pairs = pairsOf(runs, 'guided', 'base')

  it('at the measure is of the last evaluations, paired', () => {
    expect(compare(pairs, { ...asked, basis: 'measure' })).toMatchObject({
      difference: 0.25,
      seeds: 3,
      problems: 4,
      at: null,
      why: null,
    })
  })

  it('at equal trained tokens is made where the cheaper arm ended: after half of the other’s iterations', () => {
    expect(compare(pairs, { ...asked, basis: 'trained' })).toMatchObject({ difference: 0, at: 2000, seeds: 3 })
    expect(compare(pairs, { ...asked, basis: 'updates' })).toMatchObject({ difference: 0.25, at: 20 })
  })

  it('at a budget that was not recorded says so', () => {
    const comparison = compare(pairs, { ...asked, basis: 'generated' })
    expect(comparison).toMatchObject({ difference: null, interval: null, why: 'not recorded' })
    expect(verdictOf(comparison)).toMatchObject({
      finding: 'unknown',
      sentence: 'Generated tokens were not recorded by these runs.',
    })
  })

  it('pairs rows, not places: only rows that all were asked count', () => {
    const odd = { ...evaluation(20, '111'), problems: { rows: '1-2,9', right: '111' } }
    const run = { ...runs[1]!, measured: odd }
    expect(compare(pairsOf([runs[0]!, run], 'guided', 'base'), { ...asked, basis: 'measure' })).toMatchObject({
      difference: 1,
      problems: 2,
    })
  })

  it('of runs that recorded only counts compares accuracies, seed by seed', () => {
    const bare = runs.map((run) => ({ ...run, measured: { ...run.measured!, problems: undefined } }))
    expect(compare(pairsOf(bare, 'guided', 'base'), { ...asked, basis: 'measure' })).toMatchObject({
      difference: 0.25,
      problems: 0,
      seeds: 3,
      degrees: 2,
    })
  })

  it('leaves out seeds that one arm has not finished', () => {
    const late = runData({ arm: 'guided', seed: 3, right: { 0: '0000', 10: '1111' }, isDone: false })
    expect(pairsOf([...runs.slice(0, 5), late], 'guided', 'base').map(({ seed }) => seed)).toEqual([1, 2])
  })
})

describe('a verdict', () => {
  const comparison = compare(pairsOf(runs, 'guided', 'base'), { ...asked, basis: 'measure' })
  const of = (difference: number, low: number, high: number, more = {}) =>
    verdictOf({ ...comparison, difference, interval: { low, high }, seeds: 8, problems: 300, ...more })

  it.each([
    [0.062, 0.021, 0.1, 'better', 'guided is better than base by 6.2 points, 90 % interval 2.1 to 10.0, 8 seeds.'],
    [-0.062, -0.1, -0.021, 'worse', 'guided is worse than base by 6.2 points, 90 % interval 2.1 to 10.0, 8 seeds.'],
    [
      0.012,
      -0.02,
      0.044,
      'undecided',
      'No difference between guided and base was found: +1.2 points, 90 % interval −2.0 to 4.4, 8 seeds.',
    ],
    [
      0,
      0,
      0,
      'undecided',
      'No difference between guided and base was found: 0.0 points, 90 % interval 0.0 to 0.0, 8 seeds.',
    ],
  ] as const)('of %f between %f and %f is %s', (difference, low, high, finding, sentence) => {
    expect(of(difference, low, high)).toMatchObject({ finding, sentence })
  })

  it('at an equal budget says at how much', () => {
    expect(of(0.01, -0.03, 0.05, { basis: 'generated', at: 1_234_567 }).sentence).toBe(
      'At equal generated tokens (1.23 million) no difference between guided and base was found: +1.0 points, 90 % interval −3.0 to 5.0, 8 seeds.',
    )
  })

  it('of one seed says that it is one', () => {
    expect(of(0.2, 0.1, 0.3, { seeds: 1 }).sentence).toMatch(/1 seed: says nothing about other seeds\.$/)
  })

  it('follows the interval and nothing else', () => {
    expect(findingOf({ interval: { low: 0, high: 0.1 } })).toBe('undecided')
    expect(findingOf({ interval: { low: 1e-9, high: 0.1 } })).toBe('better')
    expect(findingOf({ interval: null })).toBe('unknown')
  })
})

describe('results', () => {
  const results = studyResults(study(), evidence)
  const [task] = results.tasks

  it('have accuracies with intervals, costs and accuracy before', () => {
    expect(task!.arms[1]).toEqual({
      arm: 'guided',
      seeds: [1, 2, 3].map((seed) => ({ seed, accuracy: 0.5 })),
      count: 3,
      mean: 0.5,
      // The seeds agree, so it is Wilson's for 2 of 4.
      interval: { low: expect.closeTo(0.182, 3), high: expect.closeTo(0.818, 3) },
      intervalOver: 'problems',
      before: 0,
      cost: { updates: 20, trained: 4000, generated: null, seconds: 200 },
      missing: [],
    })
  })

  it('compare every arm with the base at the measure and at four budgets', () => {
    expect(task!.comparisons.map(({ arm, basis }) => `${arm} ${basis}`)).toEqual(
      ['measure', 'updates', 'trained', 'generated', 'seconds'].map((basis) => `guided ${basis}`),
    )
    expect(results.overall).toBeNull()
  })

  it('have curves against what was recorded', () => {
    expect(task!.curves.generated).toEqual([])
    expect(task!.curves.trained[1]!.points.map(({ x, mean, seeds }) => [x, mean, seeds])).toEqual([
      [0, 0, 3],
      [2000, 0.25, 3],
      [4000, 0.5, 3],
    ])
  })

  it('say what is unfinished, and what failed', () => {
    const partial = studyResults(study(), {
      runs: runs.slice(0, 4),
      missing: [{ task: 'the task', arm: 'guided', seed: 3, why: 'failed: the loss is not finite' }],
      total: 6,
    })
    expect(partial.notes).toEqual([
      '1 run of 6 has not finished: this is what the others say so far.',
      'guided, seed 3: failed: the loss is not finite',
    ])
    expect(partial.tasks[0]!.arms[1]!.missing).toEqual(['seed 3: failed: the loss is not finite'])
    expect(partial.tasks[0]!.comparisons[0]).toMatchObject({ seeds: 2 })
  })

  it('over several tasks give each the same weight', () => {
    const both = study({ tasks: [{ name: 'a' }, { name: 'b', changes: { 'data.train.limit': 9 } }] })
    const [base, guided] = [runs[0]!, runs[1]!]
    const of = (task: string, right: string) =>
      [1, 2, 3].flatMap((seed) => [
        { ...base, task, seed },
        { ...guided, task, seed, measured: evaluation(20, right) },
      ])
    const found = studyResults(both, { runs: [...of('a', '1110'), ...of('b', '1000')], missing: [], total: 12 })
    expect(found.tasks.map(({ comparisons }) => comparisons[0]!.difference)).toEqual([0.5, 0])
    expect(found.overall!.comparisons[0]).toMatchObject({ difference: 0.25, seeds: 3, problems: 8 })
    const half = studyResults(both, { runs: of('a', '1110'), missing: [], total: 12 })
    expect(half.overall!.comparisons[0]).toMatchObject({ difference: null, interval: null })
  })

  it('name the problems that one arm solves and the other does not', () => {
    const mixed = [
      runData({ arm: 'base', seed: 1, right: { 20: '10010' } }),
      runData({ arm: 'guided', seed: 1, right: { 20: '11000' } }),
      runData({ arm: 'base', seed: 2, right: { 20: '10010' } }),
      runData({ arm: 'guided', seed: 2, right: { 20: '11010' } }),
    ]
    expect(problemDifferences(study(), mixed, 'guided', 10)).toEqual({
      arm: 'guided',
      base: 'base',
      seeds: 2,
      problems: 5,
      armOnly: [{ row: 1, arm: 2, base: 0, seeds: 2, prompt: null }],
      baseOnly: [{ row: 3, arm: 1, base: 2, seeds: 2, prompt: null }],
      armOnlyCount: 1,
      baseOnlyCount: 1,
      always: 1,
      never: 2,
    })
  })
})

describe('the rule that ends an arm early', () => {
  const worse = [1, 2, 3].flatMap((seed) => [
    runData({ arm: 'base', seed, right: { 20: '1'.repeat(40) } }),
    runData({ arm: 'guided', seed, right: { 20: `${'0'.repeat(35)}11111` } }),
  ])
  const ruled = study({ stopEarly: { when: 'worseThanBase', afterSeeds: 2 } })

  it('leaves out the rest of an arm whose interval lies below the base', () => {
    expect(endedEarly(ruled, worse, 'guided')).toMatch(
      /^left out by the study’s rule: after 3 seeds the arm is worse than base by 87\.5 points, 99 % interval −/,
    )
  })

  it('waits for enough seeds, never ends the base, and does nothing that was not written down', () => {
    expect(endedEarly(ruled, worse.slice(0, 2), 'guided')).toBeNull()
    expect(endedEarly(ruled, worse, 'base')).toBeNull()
    expect(endedEarly(study(), worse, 'guided')).toBeNull()
    expect(endedEarly(ruled, runs, 'guided')).toBeNull()
  })
})

describe('exports', () => {
  const hostile = study({
    name: '<script>alert(1)</script> | & "x"',
    arms: [
      { name: 'base', changes: { 'gpo.criticalStep': 'none' } },
      { name: '=1+1|<b>', changes: { 'gpo.criticalStep': 'max' } },
    ],
  })
  const renamed = runs.map((run) => (run.arm === 'guided' ? { ...run, arm: '=1+1|<b>' } : run))
  const results = studyResults(hostile, { ...evidence, runs: renamed })

  it('as Markdown have the verdict, both tables and what was fixed before; texts are no markup', () => {
    const text = markdownReport(study(), studyResults(study(), evidence))
    expect(text).toContain('- No difference between guided and base was found: +25.0 points, 90 % interval')
    expect(text).toContain('| guided | 50.0 % | 18.2 % to 81.8 % (over problems) | 3 | 0.0 % | 20 | 4,000 | – | 200 |')
    expect(text).toContain(
      'Fixed before the start: greedy accuracy on held-out problems at the last evaluation of each run',
    )
    expect(text).toContain('- arm **guided**: gpo.criticalStep = "max" (It finds the decisive step.)')
    const hard = markdownReport(hostile, results, 'trained')
    expect(hard).not.toMatch(/<script|<b>/)
    expect(hard).toContain('=1+1\\|&lt;b\\>')
    expect(hard).not.toContain('equal seconds')
  })

  it('as CSV are one table; a text is never a formula', () => {
    const lines = csvReport(hostile, results).trimEnd().split('\n')
    const width = lines[0]!.split(',').length
    expect(lines).toHaveLength(1 + 6 + 2 + 5)
    for (const line of lines) expect(line.split(',')).toHaveLength(width)
    expect(lines.filter((line) => line.startsWith('difference'))[0]).toMatch(
      /^difference,the task,'=1\+1\|<b>,base,,measure,0\.25,/,
    )
  })

  it('as a figure are SVG with axes, a band and a legend; texts are escaped', () => {
    const svg = studyFigure(hostile, results.tasks[0]!, 'trained')
    expect(svg).not.toMatch(/<script|<b>/)
    expect(svg).toContain('&lt;script&gt;alert(1)&lt;/script&gt; | &amp; &quot;x&quot;')
    expect(svg.match(/<polyline/g)).toHaveLength(2)
    expect(svg.match(/<polygon/g)).toHaveLength(2)
    expect(svg).toContain('trained tokens (each counted once)')
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    expect(studyFigure(hostile, results.tasks[0]!, 'generated')).toContain('not recorded by these runs')
  })
})

it('ticks are round numbers around the values', () => {
  expect(roundTicks(0.38, 0.78, 5)).toEqual([0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
  expect(roundTicks(0, 4000, 6)).toEqual([0, 1000, 2000, 3000, 4000])
  expect(roundTicks(0.5, 0.5, 5)[0]).toBe(0.5)
  expect(roundTicks(0, 0, 5)).toHaveLength(6)
})

it('numbers are written with few digits', () => {
  expect([812.4, 4000, 1_234_567, 3.2e9, 2.3456].map(amount)).toEqual([
    '812',
    '4,000',
    '1.23 million',
    '3.20 billion',
    '2.35',
  ])
  expect([0.0624, -0.02, -0.0004].map(points)).toEqual(['6.2', '−2.0', '0.0'])
  expect([0.0624, -0.02, 0].map(signedPoints)).toEqual(['+6.2', '−2.0', '0.0'])
})
