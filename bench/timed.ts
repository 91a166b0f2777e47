/** A backend that records how long each of its programs ran; the rest of a measured time is spent on the host. */
import type { Backend } from '@engine/tensor/backend'

export interface TimedBackend {
  readonly backend: Backend
  /** Seconds of each run of the program of that name since the last `clear`. */
  secondsOf(program: string): number[]
  clear(): void
}

export function timed(inner: Backend): TimedBackend {
  const seconds = new Map<string, number[]>()
  const note = (name: string, value: number) => seconds.set(name, [...(seconds.get(name) ?? []), value])
  return {
    backend: {
      ...inner,
      program(name, fn) {
        const program = inner.program(name, fn)
        return {
          async run(inputs, options) {
            const begin = performance.now()
            const out = await program.run(inputs, options)
            note(name, (performance.now() - begin) / 1000)
            return out
          },
        }
      },
    },
    secondsOf: (program) => seconds.get(program) ?? [],
    clear: () => seconds.clear(),
  }
}
