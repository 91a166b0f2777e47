/** The curves of a run from the store, kept fresh while it runs. */

import type { HeatColumn } from '@renderer/charts/chart-types'
import type { Curves, Range } from '@renderer/charts/curves'
import { queries } from '@renderer/lib/api'
import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

/** A zoomed curve continues a little beyond both edges of the chart. */
const beyond = ([from, to]: Range): { from: number; to: number } => {
  const room = Math.ceil((to - from) * 0.05) + 1
  return { from: Math.max(0, Math.floor(from) - room), to: Math.ceil(to) + room }
}

export function useCurves(
  run: string,
  names: readonly string[],
  range: Range | null,
  isEnabled = true,
  buckets = 1000,
): UseQueryResult<Curves> {
  const window = range ? beyond(range) : {}
  return useQuery({
    ...queries.runs.series.queryOptions({ input: { id: run, names: [...names], buckets, ...window } }),
    placeholderData: keepPreviousData,
    enabled: isEnabled && names.length > 0,
  })
}

/** Where critical steps lie, for the chart of their mean position; each column is centred on its iterations. */
export function useCriticalPositions(run: string, isEnabled: boolean, last: number): readonly HeatColumn[] | undefined {
  const { data } = useQuery({
    ...queries.explorer.positions.queryOptions({ input: { run } }),
    placeholderData: keepPreviousData,
    enabled: isEnabled,
  })
  return useMemo(
    () =>
      data?.columns.map(({ iteration, counts }, i) => ({
        from: iteration - 0.5,
        to: (data.columns[i + 1]?.iteration ?? last + 1) - 0.5,
        counts,
      })),
    [data, last],
  )
}
