/** What is read again after what has happened: keys of the run it happened to, and of no other. */
import type { Cache } from '@renderer/lib/cache'
import { QueryClient, type QueryKey } from '@tanstack/react-query'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'

const RUNS = ['a', 'b'] as const

let cacheOf: (client: QueryClient) => Cache
let reads: Readonly<Record<string, QueryKey>>
let client: QueryClient
let cache: Cache

beforeAll(async () => {
  // The API opens its message port when it is imported.
  vi.stubGlobal('window', { location: { hostname: 'gpo-studio.invalid', origin: '' }, postMessage: () => {} })
  const { queries } = await import('@renderer/lib/api')
  cacheOf = (await import('@renderer/lib/cache')).cacheOf
  const ofRun = (run: string): Readonly<Record<string, QueryKey>> => ({
    [`details of ${run}`]: queries.runs.get.queryKey({ input: { id: run } }),
    [`curves of ${run}`]: queries.runs.series.queryKey({ input: { id: run, names: ['loss'], from: 3, buckets: 9 } }),
    [`totals of ${run}`]: queries.runs.totals.queryKey({ input: { id: run } }),
    [`newest of ${run}`]: queries.explorer.list.queryKey({ input: { run, order: 'newest', limit: 9 } }),
    [`pages of ${run}`]: queries.explorer.list.infiniteKey({
      input: (cursor: string | undefined) => ({ run, filter: { row: 1 }, cursor }),
      initialPageParam: undefined,
    }),
    [`row of ${run}`]: queries.explorer.follow.queryKey({ input: { run, row: 1 } }),
    [`positions of ${run}`]: queries.explorer.positions.queryKey({ input: { run } }),
    [`experiment ${run}`]: queries.studies.get.queryKey({ input: { id: run } }),
    [`results of experiment ${run}`]: queries.studies.results.queryKey({ input: { id: run } }),
    [`problems of experiment ${run}`]: queries.studies.problems.queryKey({
      input: { id: run, task: 't', arm: 'x', limit: 20 },
    }),
  })
  reads = {
    list: queries.runs.list.queryKey({}),
    trajectory: queries.explorer.get.queryKey({ input: { id: 7 } }),
    'other trajectory': queries.explorer.get.queryKey({ input: { id: 70 } }),
    experiments: queries.studies.list.queryKey({}),
    models: queries.models.list.queryKey({}),
    datasets: queries.datasets.list.queryKey({}),
    ...Object.assign({}, ...RUNS.map(ofRun)),
  }
  return () => vi.unstubAllGlobals()
})

beforeEach(() => {
  client = new QueryClient()
  cache = cacheOf(client)
  for (const key of Object.values(reads)) client.setQueryData(key, [])
})

/** Names of the reads that are stale now. */
const stale = () =>
  Object.entries(reads)
    .filter(([, key]) => client.getQueryState(key)?.isInvalidated)
    .map(([name]) => name)

describe('is read again', () => {
  it('when a run records: what it recorded, of that run', async () => {
    await cache.runs.recorded('a', ['metrics'])
    expect(stale()).toEqual(['details of a', 'curves of a', 'totals of a'])
    await cache.runs.recorded('b', ['trajectories'])
    expect(stale().filter((name) => name.endsWith('b'))).toEqual([
      'details of b',
      'newest of b',
      'pages of b',
      'row of b',
      'positions of b',
    ])
  })

  it('when a run ends: its curves and trajectories', async () => {
    await cache.runs.ended('a')
    expect(stale()).toEqual(['curves of a', 'totals of a', 'newest of a', 'pages of a', 'row of a', 'positions of a'])
  })

  it('when runs change: the list and all details', async () => {
    await cache.runs.changed()
    expect(stale()).toEqual(['list', 'details of a', 'details of b'])
  })

  it('when a run of an experiment records: the experiment and the list of them', async () => {
    await cache.studies.recorded('a')
    const own = ['experiment a', 'results of experiment a', 'problems of experiment a']
    expect(stale()).toEqual(['experiments', ...own])
    await cache.studies.changed()
    expect(stale()).toEqual(['experiments', ...own, ...own.map((name) => name.replace(/a$/, 'b'))])
  })

  it('when something was sampled, added or downloaded: that alone', async () => {
    await cache.trajectorySampled(7)
    expect(stale()).toEqual(['trajectory'])
    await cache.downloaded('dataset')
    expect(stale()).toEqual(['trajectory', 'datasets'])
    await cache.modelsChanged()
    expect(stale()).toEqual(['trajectory', 'models', 'datasets'])
  })
})
