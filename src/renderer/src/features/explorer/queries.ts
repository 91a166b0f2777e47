/** What the explorer reads. */
import { queries } from '@renderer/lib/api'
import type { TrajectoryFilter, TrajectoryOrder } from '@shared/schemas/run'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'

const PAGE = 100

/** As the program wants it: a list that can be changed there. */
const asInput = ({ statuses, ...filter }: TrajectoryFilter) => ({ ...filter, statuses: statuses && [...statuses] })

export function useTrajectories(run: string, filter: TrajectoryFilter, order: TrajectoryOrder) {
  return useInfiniteQuery({
    ...queries.explorer.list.infiniteOptions({
      input: (cursor: string | undefined) => ({
        run,
        filter: asInput(filter),
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

/** What a run has recorded after a trajectory; `after` null: nothing is asked. */
export const useNewer = (run: string, filter: TrajectoryFilter, after: number | null) =>
  useQuery({
    ...queries.explorer.newer.queryOptions({ input: { run, filter: asInput(filter), after: after ?? 1 } }),
    enabled: after !== null,
  })

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

/** The same prompt in other runs. */
export const useElsewhere = (id: number | null) =>
  useQuery({
    ...queries.explorer.elsewhere.queryOptions({ input: { id: id ?? 1 } }),
    enabled: id !== null,
    placeholderData: keepPreviousData,
  })

export const usePositions = (run: string) => useQuery(queries.explorer.positions.queryOptions({ input: { run } }))

export const useKinds = (run: string) => useQuery(queries.explorer.kinds.queryOptions({ input: { run } }))

export const useBlindAgreement = (run: string) =>
  useQuery({ ...queries.explorer.blindAgreement.queryOptions({ input: { run } }), staleTime: 0 })
