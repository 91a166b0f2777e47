/** Times the phases of an iteration. */
import type { Phase } from '@shared/schemas/events'

/** The phases that GPO adds to the base algorithm. */
const ADDED: readonly Phase[] = ['segment', 'values', 'select', 'reset']

export interface Clock {
  time<T>(phase: Phase, work: () => T | Promise<T>): Promise<T>
  /** Seconds per phase (`time/values` …), of the whole (`step_time`), and `gpo/overhead`: the added phases over all others. */
  metrics(): Record<string, number>
}

export function startClock(): Clock {
  const begin = performance.now()
  const seconds = new Map<Phase, number>()
  return {
    async time(phase, work) {
      const from = performance.now()
      try {
        return await work()
      } finally {
        seconds.set(phase, (seconds.get(phase) ?? 0) + (performance.now() - from) / 1000)
      }
    },
    metrics() {
      const whole = (performance.now() - begin) / 1000
      const added = ADDED.reduce((sum, phase) => sum + (seconds.get(phase) ?? 0), 0)
      const phases = Object.fromEntries([...seconds].map(([phase, value]) => [`time/${phase}`, value]))
      return { ...phases, step_time: whole, ...(added > 0 ? { 'gpo/overhead': added / (whole - added) } : {}) }
    },
  }
}
