/** A run's cumulative cost after each iteration, from its metrics. */
import type { RunTotals } from '@shared/contract/runs'
import type { MetricName } from '@shared/metrics'
import { all, type Store } from './query'
import { runKey } from './runs'

interface Row {
  readonly iteration: number
  readonly tokens: number
  readonly sampled: number
  readonly hasSampled: number
  readonly seconds: number
}

const TOKENS = 'num_tokens' satisfies MetricName
const SAMPLED = 'gpo/generated_tokens' satisfies MetricName
const SECONDS = 'step_time' satisfies MetricName

const SUMS = `SELECT iteration, sum(tokens) OVER (ORDER BY iteration) AS tokens, sum(sampled) OVER (ORDER BY iteration) AS sampled, hasSampled, sum(seconds) OVER (ORDER BY iteration) AS seconds
  FROM (SELECT m.iteration, total(CASE WHEN n.name = '${TOKENS}' THEN m.value END) AS tokens,
      total(CASE WHEN n.name = '${SAMPLED}' THEN m.value END) AS sampled, max(n.name = '${SAMPLED}') AS hasSampled,
      total(CASE WHEN n.name = '${SECONDS}' THEN m.value END) AS seconds
    FROM metrics AS m JOIN metric_names AS n ON n.id = m.name
    WHERE m.run = ? AND m.name IN (SELECT id FROM metric_names WHERE name IN ('${TOKENS}', '${SAMPLED}', '${SECONDS}'))
    GROUP BY m.iteration)
  ORDER BY iteration`

/** At most `points` iterations, evenly spaced, always with the last; empty before the first. */
export function runTotals(store: Store, run: string, points: number): RunTotals {
  const rows = all<Row>(store, SUMS, runKey(store, run))
  const step = Math.max(1, (rows.length - 1) / (points - 1))
  const count = rows.length === 0 ? 0 : Math.floor((rows.length - 1) / step + 1e-9) + 1
  const kept = Array.from({ length: count }, (_, i) => rows[Math.round(i * step)]!)
  return {
    iterations: kept.map(({ iteration }) => iteration),
    tokens: kept.map(({ tokens }) => tokens),
    sampled:
      rows.length > 0 && rows.every(({ hasSampled }) => hasSampled === 1) ? kept.map(({ sampled }) => sampled) : null,
    seconds: kept.map(({ seconds }) => seconds),
  }
}
