import { firstMetrics, overAxis, sharedMetrics } from '@renderer/features/compare/comparison'
import { curveModel, type Drawn, fullRange, valueAt } from '@renderer/features/compare/curve-model'
import { ACCURACY } from '@shared/metrics'
import { describe, expect, it } from 'vitest'

describe('metrics in common', () => {
  it('are those of two runs at least, the most shared first', () => {
    const shared = sharedMetrics([['loss', 'reward', 'kl'], ['loss', 'entropy', 'kl'], ['loss'], []])
    expect(shared).toEqual([
      { name: 'loss', runs: 3 },
      { name: 'kl', runs: 2 },
    ])
    expect(sharedMetrics([['loss', 'kl']]).map(({ name }) => name)).toEqual(['kl', 'loss'])
    expect(sharedMetrics([])).toEqual([])
  })

  it('begin with the usual ones that all have, at most six', () => {
    const all = ['reward', 'loss', ACCURACY, 'time/update'].map((name) => ({ name, runs: 3 }))
    expect(firstMetrics([...all, { name: 'kl', runs: 2 }], 3)).toEqual([ACCURACY, 'reward', 'loss', 'kl'])
    expect(firstMetrics([{ name: 'time/update', runs: 2 }], 2)).toEqual(['time/update'])
    const many = ['loss', 'reward', 'entropy', 'kl', 'objective/kl', 'grad_norm', ACCURACY]
    const found = firstMetrics(
      many.map((name) => ({ name, runs: 2 })),
      2,
    )
    expect(found).toHaveLength(6)
  })
})

describe('axes', () => {
  const totals = { iterations: [1, 2, 4], tokens: [100, 200, 300], sampled: [200, 500, 900], seconds: [2, 4, 6] }

  it('tell where an iteration lies, between the known ones too', () => {
    const series = { iterations: [0, 1, 2, 3, 4, 9], values: [1, 2, 3, 4, 5, 6] }
    expect(overAxis(series, 'iteration', totals)).toBe(series)
    expect(overAxis(series, 'tokens', totals)).toEqual({ iterations: [0, 100, 200, 250, 300], values: [1, 2, 3, 4, 6] })
    expect(overAxis(series, 'time', totals).iterations).toEqual([0, 2, 4, 5, 6])
    expect(overAxis(series, 'sampled', totals).iterations).toEqual([0, 200, 500, 700, 900])
    expect(overAxis(series, 'sampled', { ...totals, sampled: null }).iterations).toEqual([])
  })

  it('are empty until the totals are there', () => {
    expect(overAxis({ iterations: [1], values: [1] }, 'time', undefined)).toEqual({ iterations: [], values: [] })
  })

  it('begin at nothing done', () => {
    const late = { iterations: [10, 20], tokens: [50, 100], sampled: null, seconds: [1, 2] }
    expect(overAxis({ iterations: [5, 10], values: [1, 2] }, 'tokens', late).iterations).toEqual([25, 50])
  })
})

describe('a chart', () => {
  const colour = { variable: '--run-1', dash: [] }
  const run = (id: string, iterations: number[], values: number[]): Drawn => ({
    id,
    name: id,
    colour,
    raw: { iterations, values },
    totals: undefined,
  })

  it('puts runs over one x, the raw lines under the smoothed ones', () => {
    const runs = [run('a', [1, 2, 3], [1, 0, 1]), run('b', [2, 4], [5, 6])]
    const plain = curveModel(runs, 'iteration', 0, false)
    expect(plain.x).toEqual([1, 2, 3, 4])
    expect(plain.lines.map(({ values }) => values)).toEqual([
      [1, 0, 1, null],
      [null, 5, null, 6],
    ])
    const smoothed = curveModel(runs, 'iteration', 0.5, false)
    expect(smoothed.lines.map(({ isFaint }) => isFaint)).toEqual([true, true, false, false])
    expect(smoothed.lines[0]?.values).toEqual([1, 0, 1, null])
    expect(smoothed.columns[0]?.[2]).toBeGreaterThan(0.5)
  })

  it('reads a run between its points, not before its first nor after its last', () => {
    const model = curveModel([run('a', [2, 4], [5, 6]), run('b', [1, 3, 5], [0, 0, 0])], 'iteration', 0, false)
    expect(model.x.map((at) => valueAt(model, 0, at))).toEqual([null, 5, 5, 6, null])
  })

  it('has a logarithmic axis for what is around 0 too', () => {
    expect(curveModel([run('a', [1, 2], [1, 100])], 'iteration', 0, true)).toMatchObject({ isLog: true })
    const both = curveModel([run('a', [1, 2], [-1, 100])], 'iteration', 0, true)
    expect(both.isLog).toBe(false)
    expect(both.asinhFrom).toBeGreaterThan(0)
  })

  it('reaches to the end of the longest run', () => {
    const totals = { iterations: [1, 30], tokens: [10, 300], sampled: null, seconds: [1, 60] }
    const runs = [{ totals, evaluated: 0 }, { totals: undefined, evaluated: 40 }] // biome-ignore format: one line
    expect(fullRange(runs, 'iteration')).toEqual([0, 40])
    expect(fullRange(runs, 'tokens')).toEqual([0, 300])
    expect(fullRange(runs, 'time')).toEqual([0, 60])
    expect(fullRange([{ totals: undefined, evaluated: 0 }], 'time')).toBeUndefined()
  })
})
