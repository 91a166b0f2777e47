/** Values of metrics for people, by their unit. */
import { isMetricName, METRICS, type MetricUnit } from '@shared/metrics'
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent } from './format'

type Format = (value: number) => string

export const formatShare: Format = (value) => formatPercent(value, value < 0.1 && value > 0 ? 1 : 0)
const formatSeconds: Format = (value) => (value < 10 ? `${formatNumber(value, 2)} s` : formatDuration(value))

const FORMATS: Readonly<Record<MetricUnit, Format>> = {
  number: formatNumber,
  share: formatShare,
  ratio: (value) => formatNumber(value, 5),
  count: formatCount,
  nats: (value) => `${formatNumber(value)} nats`,
  tokens: formatCount,
  seconds: formatSeconds,
  bytes: formatBytes,
}

/** The format of an axis: without units and digits that only the reading needs. */
const AXIS_FORMATS: Readonly<Record<MetricUnit, Format>> = { ...FORMATS, nats: formatNumber, ratio: formatNumber }

export const formatOf = (metric: string): Format =>
  isMetricName(metric) ? FORMATS[METRICS[metric].unit] : formatNumber

export const axisFormatOf = (metric: string): Format =>
  isMetricName(metric) ? AXIS_FORMATS[METRICS[metric].unit] : formatNumber
