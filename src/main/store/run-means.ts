/** Means of a run's metrics over its newest iterations. */
import type { MetricName, Metrics } from '@shared/metrics'
import { all, first, type Store } from './query'
import { runKey } from './runs'

/** The first iteration is not counted: it compiles and warms up. */
export function recentMeans(
  store: Store,
  run: string,
  names: readonly MetricName[],
  iterations: number,
): { readonly means: Metrics; readonly iterations: number } {
  const key = runKey(store, run)
  const last =
    first<{ last: number | null }>(store, 'SELECT max(last_iteration) AS last FROM metric_summaries WHERE run = ?', key)
      ?.last ?? 0
  const from = Math.max(2, last - iterations + 1)
  const rows = all<{ name: string; mean: number }>(
    store,
    `SELECT n.name, avg(m.value) AS mean FROM metrics AS m JOIN metric_names AS n ON n.id = m.name
       WHERE m.run = ? AND m.iteration >= ? AND n.name IN (${names.map(() => '?').join(', ')}) GROUP BY n.name`,
    key,
    from,
    ...names,
  )
  return {
    means: Object.fromEntries(rows.map(({ name, mean }) => [name, mean])),
    iterations: Math.max(0, last - from + 1),
  }
}
