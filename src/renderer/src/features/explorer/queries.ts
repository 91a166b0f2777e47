/** What the explorer reads. Lists carry the run's prefix, so that they are fresh when a run records more. */

import { api, queries } from '@renderer/lib/api'
import type { TrajectoryFilter, TrajectoryOrder } from '@shared/schemas/run'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'

const PAGE = 100

export function useTrajectories(run: string, filter: TrajectoryFilter, order: TrajectoryOrder) {
  return useInfiniteQuery({
    queryKey: ['trajectories', run, 'list', filter, order],
    queryFn: ({ pageParam, signal }) =>
      api.explorer.list(
        {
          run,
          filter: { ...filter, statuses: filter.statuses ? [...filter.statuses] : undefined },
          order,
          limit: PAGE,
          ...(pageParam ? { cursor: pageParam } : {}),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
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
    queryKey: ['trajectories', run, 'row', row],
    queryFn: ({ signal }) => api.explorer.follow({ run, row: row ?? 0 }, { signal }),
    enabled: row !== null,
    placeholderData: keepPreviousData,
  })

export const usePositions = (run: string) =>
  useQuery({
    queryKey: ['trajectories', run, 'positions'],
    queryFn: ({ signal }) => api.explorer.positions({ run }, { signal }),
  })
