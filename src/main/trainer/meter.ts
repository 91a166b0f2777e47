/** Metrics of an iteration that only the trainer's process can measure: tokens per second and memory. */
import type { Metrics } from '@shared/metrics'
import type { MetricsEvent, Phase } from '@shared/schemas/events'

const SAMPLING: readonly Phase[] = ['rollouts', 'values', 'reset']

export interface Meter {
  /** Call this after every finished call of a phase; a phase may sample more than once in an iteration. */
  onPhase(phase: Phase, done: number, total: number, tokens: number): void
  /** Adds the two metrics to the iteration's, and starts the next iteration. */
  complete(event: MetricsEvent): MetricsEvent
}

/**
 * `system/tokens_per_second`: tokens sampled and trained on (each counted once, regardless of passes) divided by `step_time`;
 * `system/rss_bytes`: resident memory when the iteration ended.
 */
export function createMeter(memory = () => process.memoryUsage.rss()): Meter {
  let sampled = 0
  return {
    onPhase(phase, done, total, tokens) {
      if (done === total && SAMPLING.includes(phase)) sampled += tokens
    },
    complete(event) {
      const { num_tokens: trained = 0, step_time: seconds = 0 }: Metrics = event.values
      const rate: Metrics = seconds > 0 ? { 'system/tokens_per_second': (sampled + trained) / seconds } : {}
      sampled = 0
      return { ...event, values: { ...event.values, ...rate, 'system/rss_bytes': memory() } }
    },
  }
}
