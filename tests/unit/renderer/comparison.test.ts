import { describe, expect, it } from 'vitest'
import { ACCURACY, firstMetrics, overAxis, sharedMetrics } from '../../../src/renderer/src/features/compare/comparison'

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
  const totals = { iterations: [1, 2, 4], tokens: [100, 200, 300], seconds: [2, 4, 6] }

  it('tell where an iteration lies, between the known ones too', () => {
    const series = { iterations: [0, 1, 2, 3, 4, 9], values: [1, 2, 3, 4, 5, 6] }
    expect(overAxis(series, 'iteration', totals)).toBe(series)
    expect(overAxis(series, 'tokens', totals)).toEqual({ iterations: [0, 100, 200, 250, 300], values: [1, 2, 3, 4, 6] })
    expect(overAxis(series, 'time', totals).iterations).toEqual([0, 2, 4, 5, 6])
  })

  it('are empty until the totals are there', () => {
    expect(overAxis({ iterations: [1], values: [1] }, 'time', undefined)).toEqual({ iterations: [], values: [] })
  })

  it('begin at nothing done', () => {
    const late = { iterations: [10, 20], tokens: [50, 100], seconds: [1, 2] }
    expect(overAxis({ iterations: [5, 10], values: [1, 2] }, 'tokens', late).iterations).toEqual([25, 50])
  })
})
