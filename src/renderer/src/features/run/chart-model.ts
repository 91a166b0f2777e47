/** From a chart's definition and its curves to what is drawn and read. Pure. */

import type { Line } from '@renderer/charts/chart-types'
import {
  align,
  type Column,
  type Curves,
  logScaleOf,
  type Range,
  rangeWithoutOutliers,
  readAt,
  smooth,
} from '@renderer/charts/curves'
import { ACCURACY } from '@shared/metrics'
import type { MetricSummary, Series } from '@shared/schemas/run'
import { BASE_ACCURACY, type ChartDefinition, type LineDefinition } from './chart-groups'
import type { ChartSettings } from './chart-settings'

const EMPTY: Series = { iterations: [], values: [] }

export interface ChartModel {
  readonly x: readonly number[]
  readonly lines: readonly Line[]
  /** The unsmoothed columns, by line of the definition. */
  readonly raw: readonly Column[]
  readonly isLog: boolean
  readonly asinhFrom: number | undefined
  readonly yRange: readonly [number, number] | undefined
}

const colourOf = (index: number): string => `--run-${(index % 8) + 1}`

/** Evaluations are few and each is meaningful: their points are drawn and not smoothed. */
const isMeasuredSeldom = (metric: string) => metric === ACCURACY || metric === BASE_ACCURACY
/** Up to this many points, each is drawn. */
const FEW = 12

function linesOf(line: LineDefinition, index: number, raw: Column, smoothed: Column | null, points: number): Line[] {
  const color = colourOf(index)
  const { label, metric } = line
  if (metric === BASE_ACCURACY) return [{ label, values: raw, color: '--chart-text', dash: [4, 4], width: 1 }]
  if (!smoothed) return [{ label, values: raw, color, hasPoints: metric === ACCURACY || points <= FEW }]
  return [
    { label: `${label}, raw`, values: raw, color, isFaint: true },
    { label, values: smoothed, color },
  ]
}

/** The range shown has this many units of the smoothing weight, so that curves look equally smooth at every zoom. */
const UNITS = 500

const within = ({ iterations, values }: Series, [from, to]: Range): number[] =>
  values.filter((_, i) => iterations[i]! >= from && iterations[i]! <= to)

/** @param grid iterations that the pointer can select, even if these curves lack them */
export function chartModel(
  chart: ChartDefinition,
  curves: Curves,
  settings: ChartSettings,
  range: Range,
  grid: readonly number[],
): ChartModel {
  const series = chart.lines.map(({ metric }) => curves[metric] ?? EMPTY)
  const isSmoothed = chart.lines.map(
    ({ metric }, i) =>
      settings.smoothing > 0 && !chart.isExact && !isMeasuredSeldom(metric) && series[i]!.values.length > FEW,
  )
  const unit = Math.max(1, (range[1] - range[0]) / UNITS)
  const smoothed = series.map((one, i) => (isSmoothed[i] ? smooth(one, settings.smoothing, unit) : EMPTY))
  const { x, columns } = align([...series, ...smoothed], grid)
  const raw = columns.slice(0, series.length)
  const visible = series.flatMap((one) => within(one, range))
  const canScale = chart.yRange === undefined
  const log = canScale && settings.isLog && !chart.isLinear ? logScaleOf(visible) : null
  const clipped = canScale && settings.isClipped && log === null ? rangeWithoutOutliers(visible) : null
  return {
    x,
    raw,
    lines: chart.lines.flatMap((line, i) =>
      linesOf(line, i, raw[i]!, isSmoothed[i] ? columns[series.length + i]! : null, series[i]!.values.length),
    ),
    isLog: log?.kind === 'log',
    asinhFrom: log?.kind === 'asinh' ? log.threshold : undefined,
    yRange: clipped ?? chart.yRange,
  }
}

export interface Reading {
  readonly label: string
  readonly color: string
  readonly value: number | null
  /** The iteration of the measurement, if it is far from the requested one. */
  readonly measuredAt: number | null
  /** The value of a neighbouring iteration, because the curve is thinned. */
  readonly isNear: boolean
}

export type Newest = ReadonlyMap<string, MetricSummary>

/** The values of the lines at an iteration: the newest points up to it. */
export function readingsAt(
  chart: ChartDefinition,
  { x, raw }: ChartModel,
  iteration: number,
  range: Range,
  newest: Newest,
): Reading[] {
  const nearby = (range[1] - range[0]) / UNITS
  return chart.lines.map(({ label, metric }, i): Reading => {
    const last = newest.get(metric)
    const isNewest = last !== undefined && last.lastIteration === iteration
    const point = isNewest ? { x: iteration, value: last.last } : readAt(x, raw[i]!, iteration)
    const distance = point === null || metric === BASE_ACCURACY ? 0 : iteration - point.x
    return {
      label,
      color: metric === BASE_ACCURACY ? '--chart-text' : colourOf(i),
      value: point?.value ?? null,
      measuredAt: point !== null && distance > nearby ? point.x : null,
      isNear: distance > 0 && distance <= nearby,
    }
  })
}
