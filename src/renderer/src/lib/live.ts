/** One stream of live events, shared by all pages; it keeps the queries fresh and survives a lost connection. */
import type { LiveEvent, LiveState } from '@shared/contract/runs'
import type { StudyEvent } from '@shared/contract/studies'
import { createContext, useContext, useEffect, useState } from 'react'
import { api } from './api'
import { useCache } from './cache'

const EMPTY: LiveState = { active: null, queue: [] }
/** Milliseconds before the stream is opened again. */
const RETRY = 1000

export const LiveContext = createContext<LiveState>(EMPTY)

/** The active run and the queue. */
export const useLive = (): LiveState => useContext(LiveContext)

/** The active run, if it is this one. */
export function useActiveRun(id: string): LiveState['active'] {
  const { active } = useLive()
  return active?.id === id ? active : null
}

/** Reads studies again when they or their runs have changed; use it once, at the top of the tree. The other stream sees a lost connection. */
export function useStudiesStream(): void {
  const { studies } = useCache()
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    const handle = (event: StudyEvent) => (event.type === 'studies' ? studies.changed() : studies.recorded(event.study))
    const follow = async () => {
      while (!signal.aborted) {
        try {
          for await (const event of await api.studies.live({}, { signal })) void handle(event)
        } catch {
          // The connection was lost: it is opened again below.
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY))
      }
    }
    void follow()
    return () => controller.abort()
  }, [studies])
}

/** Opens the stream of runs; use it once, at the top of the tree. */
export function useLiveStream(onEnded: (event: Extract<LiveEvent, { type: 'ended' }>) => void): LiveState {
  const cache = useCache()
  const [state, setState] = useState(EMPTY)
  useEffect(() => {
    const controller = new AbortController()
    const handle = (event: LiveEvent) => {
      switch (event.type) {
        case 'state':
          setState(event.state)
          break
        case 'runs':
          void cache.runs.changed()
          break
        case 'recorded':
          void cache.runs.recorded(event.run, event.kinds)
          break
        case 'ended':
          void cache.runs.ended(event.run.id)
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
        void cache.connectionLost()
      }
    }
    void follow()
    return () => controller.abort()
  }, [cache, onEnded])
  return state
}
