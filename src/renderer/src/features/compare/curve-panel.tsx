import { Box, Group, Text } from '@mantine/core'
import { Chart } from '@renderer/charts/chart'
import { RunSwatch } from '@renderer/charts/run-swatch'
import { ChartMenu } from '@renderer/components/chart-menu'
import { formatClock, formatCount, formatNumber, formatPercent, plural } from '@renderer/lib/format'
import { axisFormatOf, formatOf } from '@renderer/lib/metric-format'
import { ACCURACY } from '@shared/metrics'
import { useMemo, useRef, useState } from 'react'
import { AXIS_LABELS, type Axis, curveTitle } from './comparison'
import { type CurveModel, curveModel, type Drawn, valueAt } from './curve-model'
import type { ComparedRun, RunCurves } from './use-comparison'

const HEIGHT = 210

export interface CurveOptions {
  readonly axis: Axis
  /** 0 = not smoothed, towards 1 = smoother. */
  readonly smoothing: number
  readonly isLog: boolean
}

export type Range = readonly [number, number]

interface CurvePanelProps {
  readonly metric: string
  /** Those that are not hidden. */
  readonly runs: readonly ComparedRun[]
  readonly curves: ReadonlyMap<string, RunCurves>
  readonly options: CurveOptions
  /** The part of the axis that is shown. */
  readonly range: Range | undefined
  readonly onZoom: (range: Range | null) => void
}

const millions = (value: number) => (value < 1e6 ? formatCount(value) : `${formatNumber(value / 1e6)} M`)

const FORMAT_X: Readonly<Record<Axis, (value: number) => string>> = {
  iteration: formatCount,
  tokens: millions,
  sampled: millions,
  time: formatClock,
}

/** One metric of all runs over one another, with the values under the pointer. */
export function CurvePanel({ metric, runs, curves, options, range, onZoom }: CurvePanelProps) {
  const { axis, smoothing, isLog } = options
  const [index, setIndex] = useState<number | null>(null)
  const panel = useRef<HTMLElement>(null)
  const isAccuracy = metric === ACCURACY
  const title = curveTitle(metric)
  const drawn = runs.flatMap(({ id, colour, details }): Drawn[] => {
    const { series, totals } = curves.get(id) ?? {}
    const raw = series?.[metric]
    return raw && raw.values.length > 0 ? [{ id, name: details?.run.name ?? id, colour, raw, totals }] : []
  })
  const stamp = drawn.map(({ id, raw, totals }) =>
    [id, raw.values.length, raw.iterations[0], raw.iterations.at(-1), totals?.iterations.length].join(' '),
  )
  // An evaluation is a measurement with an interval, so it is not smoothed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: new points show in the stamp
  const model = useMemo(
    () => curveModel(drawn, axis, isAccuracy ? 0 : smoothing, isLog && !isAccuracy),
    [stamp.join(), axis, isAccuracy, smoothing, isLog],
  )
  return (
    <section ref={panel} className="panel compare-panel" aria-label={title}>
      <Group gap="md" wrap="nowrap" h={22} style={{ overflow: 'hidden' }}>
        <Text component="h3" size="sm" fw={600} title={metric} style={{ whiteSpace: 'nowrap' }}>
          {title}
        </Text>
        {index !== null && (
          <Readout {...{ model, drawn, axis, index }} format={isAccuracy ? formatPercent : formatOf(metric)} />
        )}
        {drawn.length > 0 && (
          <Box ml={index === null ? 'auto' : 0}>
            <ChartMenu title={title} xLabel={AXIS_LABELS[axis]} x={model.x} lines={model.lines} holder={panel} />
          </Box>
        )}
      </Group>
      {drawn.length === 0 ? (
        <Text size="sm" className="quiet compare-nothing" style={{ height: HEIGHT }}>
          {runs.length === 0 ? 'All runs are hidden.' : 'No shown run has this metric yet.'}
        </Text>
      ) : (
        <Chart
          x={model.x}
          lines={model.lines}
          height={HEIGHT}
          label={`${title} of ${plural(drawn.length, 'run')} over ${AXIS_LABELS[axis]}`}
          syncKey={`compare-${axis}`}
          isLog={model.isLog}
          {...(model.asinhFrom === undefined ? {} : { asinhFrom: model.asinhFrom })}
          {...(range ? { xRange: range } : {})}
          xLabel={AXIS_LABELS[axis]}
          formatX={FORMAT_X[axis]}
          formatY={isAccuracy ? formatShare : axisFormatOf(metric)}
          onHover={setIndex}
          onZoom={onZoom}
        />
      )}
    </section>
  )
}

const formatShare = (value: number): string => formatPercent(value, 0)

interface ReadoutProps {
  readonly model: CurveModel
  readonly drawn: readonly Drawn[]
  readonly axis: Axis
  readonly index: number
  readonly format: (value: number) => string
}

/** The values of all runs under the pointer; a run that ended before has none. */
function Readout({ model, drawn, axis, index, format }: ReadoutProps) {
  const at = model.x[index]
  if (at === undefined) return null
  return (
    <Group gap="sm" wrap="nowrap" ml="auto" className="compare-readout">
      <span className="quiet">
        {axis === 'iteration' ? 'it. ' : ''}
        {FORMAT_X[axis](at)}
      </span>
      {drawn.map(({ id, colour }, i) => {
        const value = valueAt(model, i, at)
        if (value === null) return null
        return (
          <Group key={id} gap={3} wrap="nowrap">
            <RunSwatch colour={colour} />
            {format(value)}
          </Group>
        )
      })}
    </Group>
  )
}
