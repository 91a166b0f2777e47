import { useCache } from '@renderer/lib/cache'
import { useLive } from '@renderer/lib/live'
import { useEffect, useRef } from 'react'

/** Milliseconds between two reads of the list while a run trains. */
const INTERVAL = 3000

/** Reads the list again while a run trains, because its accuracy and loss are in it. */
export function useRunsFollowLive(): void {
  const { runs } = useCache()
  const { active } = useLive()
  const read = useRef(Date.now())
  const iteration = active?.iteration
  useEffect(() => {
    if (iteration === undefined) return
    const wait = Math.max(0, read.current + INTERVAL - Date.now())
    const timer = setTimeout(() => {
      read.current = Date.now()
      void runs.listChanged()
    }, wait)
    return () => clearTimeout(timer)
  }, [runs, iteration])
}
