import { queries } from '@renderer/lib/api'
import { useLive } from '@renderer/lib/live'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'

/** Milliseconds between two reads of the list while a run trains. */
const INTERVAL = 3000

/** Reads the list again while a run trains, because its accuracy and loss are in it. */
export function useRunsFollowLive(): void {
  const client = useQueryClient()
  const { active } = useLive()
  const read = useRef(Date.now())
  const iteration = active?.iteration
  useEffect(() => {
    if (iteration === undefined) return
    const wait = Math.max(0, read.current + INTERVAL - Date.now())
    const timer = setTimeout(() => {
      read.current = Date.now()
      void client.invalidateQueries({ queryKey: queries.runs.list.key() })
    }, wait)
    return () => clearTimeout(timer)
  }, [client, iteration])
}
