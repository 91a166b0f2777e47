/** Keeps the explorer of a live run as it is, once a person has done something in it. */
import type { TrajectoryFilter, TrajectoryPage } from '@shared/schemas/run'
import { useCallback, useState } from 'react'
import { useNewer } from './queries'

export interface Pin {
  /** The last trajectory that the list shows; null: it follows the run. */
  readonly upTo: number | null
  /** Trajectories that fit the filter and came after it. */
  readonly waiting: number
  /** Holds the list at this page's newest trajectory, unless it is held already. */
  readonly hold: (page: TrajectoryPage | undefined) => void
  /** Shows what waits; what comes after that waits again. */
  readonly show: () => void
}

export function usePin(run: string, filter: TrajectoryFilter): Pin {
  const [upTo, setUpTo] = useState<number | null>(null)
  const { data } = useNewer(run, filter, upTo)
  const hold = useCallback((page: TrajectoryPage | undefined) => {
    const newest = page?.newest ?? null
    if (newest !== null) setUpTo((held) => held ?? newest)
  }, [])
  const show = useCallback(() => setUpTo(data?.newest ?? null), [data])
  return { upTo, waiting: data?.count ?? 0, hold, show }
}
