/** The list of evaluations, kept fresh while a page shows it, and the progress of the running one. */
import { api, queries } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import type { EvaluationProgress } from '@shared/contract/evaluations'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

/** Milliseconds before the stream is opened again. */
const RETRY = 1000

export function useEvaluations() {
  const { evaluationsChanged } = useCache()
  const [progress, setProgress] = useState<EvaluationProgress | null>(null)
  const list = useQuery(queries.evaluations.list.queryOptions({}))
  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    const follow = async () => {
      while (!signal.aborted) {
        try {
          for await (const event of await api.evaluations.live({}, { signal }))
            if (event.type === 'progress') setProgress(event)
            else void evaluationsChanged()
        } catch {
          // The connection was lost: it is opened again below.
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY))
      }
    }
    void follow()
    return () => controller.abort()
  }, [evaluationsChanged])
  return { ...list, progress }
}
