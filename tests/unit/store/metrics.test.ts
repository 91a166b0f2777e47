import { downsample, type Point } from '@main/store/downsample'
import { insertMetrics, metricSummaries, readSeries } from '@main/store/metrics'
import type { Store } from '@main/store/query'
import { truncateAfter } from '@main/store/truncate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorOf, newRun, open } from './fixtures'

const losses = (store: Store, run: string, values: readonly number[], from = 1) =>
  insertMetrics(
    store,
    run,
    values.map((loss, i) => ({ iteration: from + i, values: { loss } })),
  )

describe('metrics', () => {
  it('are read as series, each run and name on its own', () => {
    const store = open()
    const [run, other] = [newRun(store), newRun(store, 'other')]
    insertMetrics(store, run, [
      { iteration: 1, values: { loss: 3, kl: 0.1 } },
      { iteration: 2, values: { loss: 2 } },
    ])
    insertMetrics(store, other, [{ iteration: 1, values: { loss: 9 } }])
    expect(readSeries(store, run, 'loss')).toEqual({ iterations: [1, 2], values: [3, 2] })
    expect(readSeries(store, run, 'kl')).toEqual({ iterations: [1], values: [0.1] })
    expect(readSeries(store, other, 'loss')).toEqual({ iterations: [1], values: [9] })
    expect(readSeries(store, run, 'nothing')).toEqual({ iterations: [], values: [] })
  })

  it('are read between two iterations, both included', () => {
    const store = open()
    const run = newRun(store)
    losses(store, run, [10, 20, 30, 40])
    expect(readSeries(store, run, 'loss', { from: 2, to: 3 })).toEqual({ iterations: [2, 3], values: [20, 30] })
  })

  it('are summarised over batches', () => {
    const store = open()
    const run = newRun(store)
    losses(store, run, [3, -2, 5])
    losses(store, run, [4, 1], 4)
    const summary = { name: 'loss', last: 1, lastIteration: 5, min: -2, max: 5, count: 5 }
    expect(metricSummaries(store, run)).toEqual([summary])
  })

  it('of an iteration that was recorded before take its place, in the summary too', () => {
    const store = open()
    const run = newRun(store)
    losses(store, run, [3, 9, 5])
    losses(store, run, [4, 6], 2)
    expect(readSeries(store, run, 'loss').values).toEqual([3, 4, 6])
    expect(metricSummaries(store, run)).toEqual([{ name: 'loss', last: 6, lastIteration: 3, min: 3, max: 6, count: 3 }])
  })

  it('that are not finite are refused by name, and nothing of the batch is kept', () => {
    const store = open()
    const run = newRun(store)
    const error = errorOf(() => losses(store, run, [1, Number.NaN]))
    expect(error.code).toBe('storage')
    expect(error.message).toContain('Metric loss')
    expect(error.message).toContain('iteration 2, is NaN')
    expect(readSeries(store, run, 'loss').values).toEqual([])
    expect(metricSummaries(store, run)).toEqual([])
  })

  it('have right summaries after a truncation, without the series that began after it', () => {
    const store = open()
    const [run, other] = [newRun(store), newRun(store, 'other')]
    for (const each of [run, other]) losses(store, each, [3, 9, 5, -7])
    insertMetrics(store, run, [{ iteration: 4, values: { late: 1 } }])
    expect(truncateAfter(store, run, 3).metrics).toBe(2)
    expect(metricSummaries(store, run)).toEqual([{ name: 'loss', last: 5, lastIteration: 3, min: 3, max: 9, count: 3 }])
    truncateAfter(store, run, 1)
    expect(metricSummaries(store, run)).toEqual([{ name: 'loss', last: 3, lastIteration: 1, min: 3, max: 3, count: 1 }])
    expect(metricSummaries(store, other)[0]).toMatchObject({ last: -7, count: 4 })
  })

  it('give the same summaries when they are replayed after a truncation', () => {
    const store = open()
    const run = newRun(store)
    losses(store, run, [3, 9, 5, -7])
    const before = metricSummaries(store, run)
    truncateAfter(store, run, 2)
    losses(store, run, [5, -7], 3)
    expect(metricSummaries(store, run)).toEqual(before)
  })
})

describe('downsampling', () => {
  it('keeps the smallest and the largest value of each bucket, in their order', () => {
    const points = [1, 5, 2, 8, 3, 3, 9, 0].map((value, i): Point => [i, value])
    expect(downsample(points, 2)).toEqual({ iterations: [0, 3, 6, 7], values: [1, 8, 9, 0] })
  })

  it('keeps a single spike and a single dip among 10,000 points', () => {
    const store = open()
    const run = newRun(store)
    losses(
      store,
      run,
      Array.from({ length: 10_000 }, (_, i) => (i === 4321 ? 50 : i === 8765 ? -50 : Math.sin(i))),
    )
    const { iterations, values } = readSeries(store, run, 'loss', { buckets: 100 })
    expect(values.length).toBeLessThanOrEqual(200)
    expect(values.length).toBeGreaterThan(150)
    expect(values[iterations.indexOf(4322)]).toBe(50)
    expect(values[iterations.indexOf(8766)]).toBe(-50)
  })

  it('is thinned in the database as in memory', () => {
    const store = open()
    const run = newRun(store)
    const values = Array.from({ length: 4000 }, (_, i) => Math.sin(i * i))
    losses(store, run, values)
    const points = values.map((value, i) => [i + 1, value] as const)
    expect(readSeries(store, run, 'loss', { buckets: 50 })).toEqual(downsample(points, 50))
    const part = points.filter(([iteration]) => iteration >= 501 && iteration <= 2500)
    expect(readSeries(store, run, 'loss', { buckets: 25, from: 501, to: 2500 })).toEqual(downsample(part, 25))
  })

  it('is thinned with long gaps and buckets without a point', () => {
    const store = open()
    const run = newRun(store)
    losses(
      store,
      run,
      Array.from({ length: 1000 }, (_, i) => i),
    )
    losses(store, run, [7], 100_000)
    expect(readSeries(store, run, 'loss', { buckets: 10 })).toEqual({
      iterations: [1, 1000, 100_000],
      values: [0, 999, 7],
    })
  })

  it('gives back what is short enough', () => {
    expect(downsample([[3, 1]], 1)).toEqual({ iterations: [3], values: [1] })
    expect(downsample([], 10)).toEqual({ iterations: [], values: [] })
  })

  it('keeps the extremes of any series, ascending, within twice the buckets', () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: -9, max: 9 })), { minLength: 1 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 20 }), (steps, buckets) => {
        let at = 0
        const points = steps.map(([gap, value]): Point => {
          at += gap
          return [at, value]
        })
        const all = points.map(([, value]) => value)
        const { iterations, values } = downsample(points, buckets)
        expect(values.length).toBeLessThanOrEqual(Math.max(2 * buckets, 0))
        expect(Math.max(...values)).toBe(Math.max(...all))
        expect(Math.min(...values)).toBe(Math.min(...all))
        expect([...new Set(iterations)].sort((a, b) => a - b)).toEqual(iterations)
        for (const [i, iteration] of iterations.entries()) expect(points).toContainEqual([iteration, values[i]])
      }),
    )
  })
})
