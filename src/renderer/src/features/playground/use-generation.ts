import { api } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import type { GeneratedText, GeneratedToken, Generation, ModelReference } from '@shared/contract/playground'
import { useCallback, useEffect, useRef, useState } from 'react'

export interface GenerationState {
  readonly status: 'idle' | 'loading' | 'running' | 'done' | 'stopped' | 'failed'
  readonly tokens: readonly GeneratedToken[]
  readonly result: GeneratedText | null
  readonly error: string | null
}

const IDLE: GenerationState = { status: 'idle', tokens: [], result: null, error: null }

export interface Running extends GenerationState {
  readonly start: (model: ModelReference, generation: Generation) => void
  readonly stop: () => void
}

/** One completion, token by token. Leaving the page stops it. */
export function useGeneration(): Running {
  const [state, setState] = useState(IDLE)
  const controller = useRef<AbortController | null>(null)

  const start = useCallback((model: ModelReference, generation: Generation) => {
    controller.current?.abort()
    const own = new AbortController()
    controller.current = own
    const change = (next: (old: GenerationState) => GenerationState) => {
      if (controller.current === own) setState(next)
    }
    const follow = async () => {
      setState({ ...IDLE, status: 'loading' })
      try {
        for await (const event of await api.playground.generate({ model, generation }, { signal: own.signal })) {
          if (event.type === 'tokens')
            change((old) => ({ ...old, status: 'running', tokens: [...old.tokens, ...event.tokens] }))
          else if (event.type === 'done') change((old) => ({ ...old, status: 'done', result: event.result }))
        }
      } catch (error) {
        if (!own.signal.aborted) change((old) => ({ ...old, status: 'failed', error: messageOf(error) }))
      }
    }
    void follow()
  }, [])

  const stop = useCallback(() => {
    controller.current?.abort()
    setState((old) => (old.status === 'loading' || old.status === 'running' ? { ...old, status: 'stopped' } : old))
  }, [])

  useEffect(() => () => controller.current?.abort(), [])
  return { ...state, start, stop }
}
