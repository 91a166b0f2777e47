/**
 * Every metric of a run: its name, unit, range and texts. The trainer sends no other; pages and rules name one only through `MetricName`, so that
 * a misspelt name does not compile. Pure.
 */
import { SHARED_CHARTS, type SharedChart } from './charts'
import { METHOD_METRICS } from './method-metrics'
import type { ChartWords, MetricOf } from './metric'
import { OPTIMISER_METRICS } from './optimiser-metrics'
import { SYSTEM_METRICS } from './system-metrics'

export { type ChartWords, METRIC_GROUPS, type MetricGroup, type MetricUnit } from './metric'

const ALL = { ...METHOD_METRICS, ...OPTIMISER_METRICS, ...SYSTEM_METRICS }

export type MetricName = keyof typeof ALL

export type Metric = MetricOf<SharedChart>

/** In the order of the run page. */
export const METRICS: Readonly<Record<MetricName, Metric>> = ALL

export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[] // the keys of a literal

/** An iteration's values. */
export type Metrics = Partial<Record<MetricName, number>>

/** False for a metric that only a newer version knows. */
export const isMetricName = (name: string): name is MetricName => Object.hasOwn(METRICS, name)

/** A chart's id: the shared one's, or the metric's own name. */
export const chartOf = (name: MetricName): string => {
  const metric = METRICS[name]
  return 'chart' in metric ? metric.chart : name
}

/** Heading and hint of the chart a metric is drawn in. */
export function chartWords(name: MetricName): ChartWords {
  const metric = METRICS[name]
  return 'chart' in metric ? SHARED_CHARTS[metric.chart] : metric
}

/** The title of a single metric: "Entropy", "Reward: from the prompt". An unknown name is returned unchanged. */
export function metricTitle(name: string): string {
  if (!isMetricName(name)) return name
  const metric = METRICS[name]
  const { title } = chartWords(name)
  if (!('chart' in metric) || metric.label === title.toLowerCase()) return title
  return `${title}: ${metric.label}`
}

/** Held-out accuracy as a series: made of the evaluations, not a metric of the trainer. */
export const ACCURACY = 'accuracy'
export const ACCURACY_TITLE = 'Accuracy, held out'
