/** A person's requests to a training run. They are obeyed at safe points, in the order they were made; only `stopNow` does not wait for one. */
import type { RunRequest } from '@shared/schemas/events'

export interface Control {
  /** Whether the run is to end: at the next safe point, or before this iteration's update begins. */
  readonly ending: 'no' | 'iteration' | 'now'
  readonly stop: () => void
  readonly stopNow: () => void
  readonly pause: () => void
  readonly continue: () => void
  readonly checkpoint: () => void
  readonly evaluate: () => void
  /** The oldest request that was not taken yet; null if there is none. */
  readonly take: () => RunRequest | null
  /** Resolves with the next request. */
  readonly asked: () => Promise<void>
}

export function createControl(): Control {
  let wake = () => {}
  let ending: Control['ending'] = 'no'
  let requests: readonly RunRequest[] = []
  /** The same request twice is one. */
  const ask = (request: RunRequest) => {
    if (!requests.includes(request)) requests = [...requests, request]
    wake()
  }
  const withdraw = (request: RunRequest) => {
    requests = requests.filter((one) => one !== request)
  }
  return {
    get ending() {
      return ending
    },
    stop() {
      if (ending === 'no') ending = 'iteration'
      withdraw('pause')
      wake()
    },
    stopNow() {
      ending = 'now'
      requests = []
      wake()
    },
    pause: () => ask('pause'),
    continue() {
      withdraw('pause')
      ask('continue')
    },
    checkpoint: () => ask('checkpoint'),
    evaluate: () => ask('evaluation'),
    take() {
      const [first = null, ...others] = requests
      requests = others
      return first
    },
    asked: () =>
      new Promise<void>((resolve) => {
        wake = resolve
      }),
  }
}
