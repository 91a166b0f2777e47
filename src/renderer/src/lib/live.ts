/** One stream of live events, shared by all pages; it keeps the queries fresh and survives a lost connection. */
import type { LiveEvent, LiveState } from '@shared/contract/runs'
import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useState } from 'react'
import { api, queries } from './api'

const EMPTY: LiveState = { active: null, queue: [] }
/** Milliseconds before the stream is opened again. */
const RETRY = 1000

export const LiveContext = createContext<LiveState>(EMPTY)

/**
 * A read in progress is not restarted: otherwise a read slower than the records would never finish. At the end of the run everything is read
 * again.
 */
const PATIENT = { cancelRefetch: false }

/** The active run and the queue. */
export const useLive = (): LiveState => useContext(LiveContext)

/** The active run, if it is this one. */
export function useActiveRun(id: string): LiveState['active'] {
  const { active } = useLive()
  return active?.id === id ? active : null
}

/** Opens the stream; use it once, at the top of the tree. */
export function useLiveStream(onEnded: (event: Extract<LiveEvent, { type: 'ended' }>) => void): LiveState {
  const client = useQueryClient()
  const [state, setState] = useState(EMPTY)
  useEffect(() => {
    const controller = new AbortController()
    const handle = (event: LiveEvent) => {
      switch (event.type) {
        case 'state':
          setState(event.state)
          break
        case 'runs':
          void client.invalidateQueries({ queryKey: queries.runs.list.key() })
          void client.invalidateQueries({ queryKey: queries.runs.get.key() })
          break
        case 'recorded': {
          const { run, kinds } = event
          void client.invalidateQueries({ queryKey: queries.runs.get.key({ input: { id: run } }) }, PATIENT)
          if (kinds.includes('metrics')) void client.invalidateQueries({ queryKey: ['series', run] }, PATIENT)
          if (kinds.includes('trajectories'))
            void client.invalidateQueries({ queryKey: ['trajectories', run] }, PATIENT)
          break
        }
        case 'ended':
          void client.invalidateQueries({ queryKey: ['series', event.run.id] })
          void client.invalidateQueries({ queryKey: ['trajectories', event.run.id] })
          onEnded(event)
      }
    }
    const follow = async () => {
      while (!controller.signal.aborted) {
        try {
          for await (const event of await api.runs.live({}, { signal: controller.signal })) handle(event)
        } catch {
          // The connection was lost: it is opened again below.
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY))
        void client.invalidateQueries()
      }
    }
    void follow()
    return () => controller.abort()
  }, [client, onEnded])
  return state
}
