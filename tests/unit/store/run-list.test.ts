import { insertEvaluation } from '@main/store/evaluations'
import { insertMetrics } from '@main/store/metrics'
import { runList } from '@main/store/run-list'
import { archiveRuns, hideRuns, restoreRuns } from '@main/store/run-notes'
import { runTotals } from '@main/store/totals'
import { describe, expect, it } from 'vitest'
import { newRun, open } from './fixtures'

const evaluation = (iteration: number, accuracy: number) => {
  const statuses = { correct: 1, wrong: 1, unparseable: 0, truncated: 0, timeout: 0 }
  return { iteration, n: 100, correct: 100 * accuracy, accuracy, statuses, meanTokens: 10 }
}
const metrics = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => ({
    iteration: from + i,
    values: { loss: 1 / (from + i), num_tokens: 100, step_time: 0.5 },
  }))

describe('the list of runs', () => {
  it('has accuracies, and a thumbnail of the loss that follows it', () => {
    const store = open()
    const run = newRun(store)
    expect(runList(store)[0]).toMatchObject({ model: 'bundled:tiny', best: null, curve: null })
    for (const [iteration, accuracy] of [[0, 0.4], [10, 0.7], [20, 0.6]] as const) // biome-ignore format: one line
      insertEvaluation(store, run, evaluation(iteration, accuracy))
    insertMetrics(store, run, metrics(1, 2))
    expect(runList(store)[0]).toMatchObject({
      base: { iteration: 0, correct: 40, n: 100 },
      best: { iteration: 10, correct: 70, n: 100 },
      last: { iteration: 20, correct: 60, n: 100 },
      curve: { isReward: false, values: [1, 0.5] },
    })
    insertMetrics(store, run, [{ iteration: 2, values: { loss: 7 } }])
    expect(runList(store)[0]?.curve?.values).toEqual([1, 7])
    insertMetrics(store, run, metrics(3, 500))
    expect(runList(store)[0]?.curve?.values).toHaveLength(40)
  })

  it('leaves out what was removed, until it is taken back, and knows what was archived', () => {
    const store = open()
    const [first, second] = [newRun(store), newRun(store, 'second')]
    archiveRuns(store, [first, second], true)
    hideRuns(store, [first], true)
    expect(runList(store).map(({ id, isArchived }) => [id, isArchived])).toEqual([[second, true]])
    restoreRuns(store, [first])
    archiveRuns(store, [first], false)
    expect(runList(store).map(({ id }) => id)).toEqual([second, first])
    expect(runList(store)[1]?.isArchived).toBe(false)
  })
})

describe('totals', () => {
  it('are sums up to each iteration', () => {
    const store = open()
    const run = newRun(store)
    expect(runTotals(store, run, 10)).toEqual({ iterations: [], tokens: [], sampled: null, seconds: [] })
    insertMetrics(store, run, metrics(1, 3))
    expect(runTotals(store, run, 10)).toEqual({
      iterations: [1, 2, 3],
      tokens: [100, 200, 300],
      sampled: null,
      seconds: [0.5, 1, 1.5],
    })
    insertMetrics(store, run, metrics(1, 1).map(({ iteration }) => ({ iteration: iteration + 3, values: { loss: 1 } }))) // biome-ignore format: one line
    expect(runTotals(store, run, 10).iterations).toEqual([1, 2, 3])
  })

  it('have the sampled tokens where every iteration recorded them', () => {
    const store = open()
    const run = newRun(store)
    const sampled = metrics(1, 3).map((one) => ({ ...one, values: { ...one.values, 'gpo/generated_tokens': 400 } }))
    insertMetrics(store, run, sampled)
    expect(runTotals(store, run, 10)).toMatchObject({ tokens: [100, 200, 300], sampled: [400, 800, 1200] })
    insertMetrics(store, run, metrics(4, 4))
    expect(runTotals(store, run, 10).sampled).toBeNull()
  })

  it('are thinned evenly, the last one kept', () => {
    const store = open()
    const run = newRun(store)
    insertMetrics(store, run, metrics(1, 1001))
    const { iterations, tokens } = runTotals(store, run, 11)
    expect(iterations).toEqual([1, 101, 201, 301, 401, 501, 601, 701, 801, 901, 1001])
    expect(tokens.at(-1)).toBe(100_100)
    expect(runTotals(store, run, 7).iterations.at(-1)).toBe(1001)
  })
})
