/** Everything about the compared runs; each run is loaded and refreshed separately. */

import { type RunColour, runColours } from '@renderer/charts/run-colours'
import { queries } from '@renderer/lib/api'
import type { RunDetails, RunTotals } from '@shared/contract/runs'
import { ACCURACY } from '@shared/metrics'
import type { Series } from '@shared/schemas/run'
import { keepPreviousData, useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { accuracySeries } from './comparison'

/** A curve has at most twice as many points. */
const BUCKETS = 500

export interface ComparedRun {
  readonly id: string
  readonly colour: RunColour
  /** Undefined while it is loading or if loading failed. */
  readonly details: RunDetails | undefined
  readonly error: Error | null
}

/** The runs, in the order of the address. */
export function useComparedRuns(ids: readonly string[]): ComparedRun[] {
  const results = useQueries({ queries: ids.map((id) => queries.runs.get.queryOptions({ input: { id } })) })
  const colours = useMemo(() => runColours(ids), [ids])
  return ids.map((id, i) => ({
    id,
    colour: colours.get(id)!,
    details: results[i]?.data,
    error: results[i]?.error ?? null,
  }))
}

export interface RunCurves {
  readonly series: Readonly<Record<string, Series>>
  readonly totals: RunTotals | undefined
}

/** Curves of the runs by id; a run without curves is left out. @param range iterations that are shown, in full detail; null: all */
export function useCurves(
  runs: readonly ComparedRun[],
  metrics: readonly string[],
  range: readonly [number, number] | null,
): ReadonlyMap<string, RunCurves> {
  const loaded = runs.flatMap(({ id, details }) => (details ? [{ id, details }] : []))
  const names = metrics.filter((name) => name !== ACCURACY)
  const window = range ? { from: Math.max(0, Math.floor(range[0]) - 1), to: Math.ceil(range[1]) + 1 } : {}
  const series = useQueries({
    queries: loaded.map(({ id, details }) => {
      const own = names.filter((name) => details.metrics.some((metric) => metric.name === name)).sort()
      return {
        ...queries.runs.series.queryOptions({ input: { id, names: own, buckets: BUCKETS, ...window } }),
        placeholderData: keepPreviousData,
      }
    }),
  })
  const totals = useQueries({
    queries: loaded.map(({ id }) => queries.runs.totals.queryOptions({ input: { id } })),
  })
  return new Map(
    loaded.map(({ id, details }, i) => [
      id,
      {
        series: { ...series[i]?.data, [ACCURACY]: accuracySeries(details.evaluations) },
        totals: totals[i]?.data,
      },
    ]),
  )
}
