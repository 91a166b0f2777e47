import { api } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import type { OverlayToken } from '@shared/contract/explorer'
import { useEffect, useState } from 'react'

export type OverlayState =
  | { readonly status: 'off' }
  | { readonly status: 'loading'; readonly done: number; readonly total: number }
  | { readonly status: 'failed'; readonly error: string }
  | { readonly status: 'done'; readonly tokens: readonly OverlayToken[] }

/**
 * The tokens of a trajectory as a checkpoint sees them; leaving it ends the work.
 * @param checkpoint its iteration; null: the model before training
 */
export function useOverlay(id: number, checkpoint: number | null, isWanted: boolean): OverlayState {
  const [state, setState] = useState<OverlayState>({ status: 'off' })
  useEffect(() => {
    if (!isWanted) return setState({ status: 'off' })
    const controller = new AbortController()
    const { signal } = controller
    const set = (next: OverlayState) => !signal.aborted && setState(next)
    const follow = async () => {
      set({ status: 'loading', done: 0, total: 0 })
      try {
        for await (const event of await api.explorer.overlay({ id, checkpoint }, { signal }))
          if (event.type === 'progress') set({ status: 'loading', done: event.done, total: event.total })
          else set({ status: 'done', tokens: event.tokens })
      } catch (error) {
        set({ status: 'failed', error: messageOf(error) })
      }
    }
    void follow()
    return () => controller.abort()
  }, [id, checkpoint, isWanted])
  return state
}
