/** A short measurement of a plan on this machine: progress, result, cancel. */

import { api } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import type { ProbeEvent } from '@shared/contract/plans'
import type { Plan } from '@shared/schemas/plan'
import { useCallback, useEffect, useRef, useState } from 'react'

type Result = Extract<ProbeEvent, { type: 'done' }>

/** The settings on which a measurement depends: rates are per token, so budgets may change. */
const signatureOf = ({ model, backend, adaptation, objective }: Plan) =>
  JSON.stringify([model.path, backend, adaptation, objective.kind])

export interface Probe {
  /** The measurement of this plan or a comparable one; null if nothing was measured. */
  readonly result: Result | null
  readonly progress: Extract<ProbeEvent, { type: 'progress' }> | null
  readonly isRunning: boolean
  readonly error: string | null
  readonly start: (plan: Plan) => void
  readonly cancel: () => void
}

/** Kept while the window is open. */
const measured = new Map<string, Result>()

export function useProbe(plan: Plan | null): Probe {
  const [progress, setProgress] = useState<Probe['progress']>(null)
  const [isRunning, setRunning] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const controller = useRef<AbortController | null>(null)
  useEffect(() => () => controller.current?.abort(), [])

  const start = useCallback((wanted: Plan) => {
    const own = new AbortController()
    controller.current = own
    setRunning(true)
    setError(null)
    setProgress(null)
    const follow = async () => {
      for await (const event of await api.plans.probe({ plan: wanted }, { signal: own.signal })) {
        if (event.type === 'progress') setProgress(event)
        else measured.set(signatureOf(wanted), event)
      }
    }
    void follow()
      .catch((failure: unknown) => {
        if (!own.signal.aborted) setError(messageOf(failure))
      })
      .finally(() => {
        if (controller.current === own) setRunning(false)
      })
  }, [])
  return {
    result: plan ? (measured.get(signatureOf(plan)) ?? null) : null,
    progress,
    isRunning,
    error,
    start,
    cancel: () => {
      controller.current?.abort()
      setRunning(false)
    },
  }
}
