/** Which curves the runs have in common, and the values of the horizontal axis. Pure. */
import type { RunTotals } from '@shared/contract/runs'
import { ACCURACY, ACCURACY_TITLE, type MetricName, metricTitle } from '@shared/metrics'
import type { EvaluationRecord } from '@shared/schemas/events'
import type { Series } from '@shared/schemas/run'

export const AXES = ['iteration', 'tokens', 'sampled', 'time'] as const
export type Axis = (typeof AXES)[number]

export const AXIS_LABELS: Readonly<Record<Axis, string>> = {
  iteration: 'iteration',
  tokens: 'tokens trained on',
  sampled: 'tokens sampled, those for values included',
  time: 'training time (h:min:s)',
}

/** The metrics to show first, if the runs have them. */
const PREFERRED: readonly (MetricName | typeof ACCURACY)[] = [
  ACCURACY,
  'reward',
  'loss',
  'entropy',
  'completions/mean_length',
  'objective/kl',
  'kl',
  'gpo/value_start',
  'gpo/reset_reward',
  'rewards/margins',
  'rewards/accuracies',
  'grad_norm',
]
const SHOWN_FIRST = 6

/** The title of a curve, as on the run page. */
export const curveTitle = (name: string): string => (name === ACCURACY ? ACCURACY_TITLE : metricTitle(name))

export interface SharedMetric {
  readonly name: string
  /** Number of runs that have it. */
  readonly runs: number
}

/** Metrics that at least two of the runs have (or the only run), most shared first, then by name. */
export function sharedMetrics(namesByRun: readonly (readonly string[])[]): SharedMetric[] {
  const counts = new Map<string, number>()
  for (const name of namesByRun.flat()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .map(([name, runs]) => ({ name, runs }))
    .filter(({ runs }) => runs >= Math.min(2, namesByRun.length))
    .sort((a, b) => b.runs - a.runs || a.name.localeCompare(b.name))
}

/** A few metrics to show at first: the usual ones that all runs have, then those that some have. */
export function firstMetrics(shared: readonly SharedMetric[], runs: number): string[] {
  const usual = PREFERRED.filter((name) => shared.some((metric) => metric.name === name))
  const inAll = (name: string) => shared.some((metric) => metric.name === name && metric.runs === runs)
  const ordered = [...usual.filter(inAll), ...usual.filter((name) => !inAll(name))]
  return (ordered.length > 0 ? ordered : shared.map(({ name }) => name)).slice(0, SHOWN_FIRST)
}

export const accuracySeries = (evaluations: readonly EvaluationRecord[]): Series => ({
  iterations: evaluations.map(({ iteration }) => iteration),
  values: evaluations.map(({ accuracy }) => accuracy),
})

/** Linear interpolation between known points; 0 at iteration 0, the last value after the end. */
function interpolate(iteration: number, known: readonly number[], totals: readonly number[]): number {
  let [low, high] = [0, known.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (known[middle]! < iteration) low = middle + 1
    else high = middle
  }
  if (low === known.length) return totals.at(-1) ?? 0
  const [fromX, fromY] = low === 0 ? [0, 0] : [known[low - 1]!, totals[low - 1]!]
  const [toX, toY] = [known[low]!, totals[low]!]
  return toX === fromX ? toY : fromY + ((iteration - fromX) / (toX - fromX)) * (toY - fromY)
}

/** What a run has spent after its iterations; null where that was not recorded. */
export const totalsOver = (axis: Exclude<Axis, 'iteration'>, totals: RunTotals): readonly number[] | null =>
  ({ tokens: totals.tokens, sampled: totals.sampled, time: totals.seconds })[axis]

/** The same values over another axis; if several share a place, the last is kept. */
export function overAxis(series: Series, axis: Axis, totals: RunTotals | undefined): Series {
  if (axis === 'iteration') return series
  if (!totals) return { iterations: [], values: [] }
  const column = totalsOver(axis, totals)
  if (!column) return { iterations: [], values: [] }
  const points = new Map<number, number>()
  series.iterations.forEach((iteration, i) => {
    points.set(interpolate(iteration, totals.iterations, column), series.values[i]!)
  })
  return { iterations: [...points.keys()], values: [...points.values()] }
}
