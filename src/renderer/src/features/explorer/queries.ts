/** What the explorer reads. */
import { queries } from '@renderer/lib/api'
import type { TrajectoryFilter, TrajectoryOrder } from '@shared/schemas/run'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'

const PAGE = 100

export function useTrajectories(run: string, filter: TrajectoryFilter, order: TrajectoryOrder) {
  return useInfiniteQuery({
    ...queries.explorer.list.infiniteOptions({
      input: (cursor: string | undefined) => ({
        run,
        filter: { ...filter, statuses: filter.statuses ? [...filter.statuses] : undefined },
        order,
        limit: PAGE,
        cursor,
      }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next,
    }),
    placeholderData: keepPreviousData,
  })
}

export const useTrajectory = (id: number | null) =>
  useQuery({
    ...queries.explorer.get.queryOptions({ input: { id: id ?? 1 } }),
    enabled: id !== null,
    placeholderData: keepPreviousData,
  })

export const useFollowed = (run: string, row: number | null) =>
  useQuery({
    ...queries.explorer.follow.queryOptions({ input: { run, row: row ?? 0 } }),
    enabled: row !== null,
    placeholderData: keepPreviousData,
  })

export const usePositions = (run: string) => useQuery(queries.explorer.positions.queryOptions({ input: { run } }))
