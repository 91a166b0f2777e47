/** What only the trainer's process can tell about an iteration: how many tokens a second it handled, and its memory. */
import type { Metrics } from '@shared/metrics'
import type { MetricsEvent, Phase } from '@shared/schemas/events'

const SAMPLING: readonly Phase[] = ['rollouts', 'values', 'reset']

export interface Meter {
  /** To be told of every finished call of a phase; a phase may sample more than once in an iteration. */
  onPhase(phase: Phase, done: number, total: number, tokens: number): void
  /** The iteration's metrics with its own two; the next iteration begins. */
  complete(event: MetricsEvent): MetricsEvent
}

/**
 * `system/tokens_per_second`: tokens sampled and learnt from (each counted once, however many passes there are) over `step_time`;
 * `system/rss_bytes`: resident memory when the iteration ended.
 */
export function createMeter(memory = () => process.memoryUsage.rss()): Meter {
  let sampled = 0
  return {
    onPhase(phase, done, total, tokens) {
      if (done === total && SAMPLING.includes(phase)) sampled += tokens
    },
    complete(event) {
      const { num_tokens: learnt = 0, step_time: seconds = 0 }: Metrics = event.values
      const rate: Metrics = seconds > 0 ? { 'system/tokens_per_second': (sampled + learnt) / seconds } : {}
      sampled = 0
      return { ...event, values: { ...event.values, ...rate, 'system/rss_bytes': memory() } }
    },
  }
}
