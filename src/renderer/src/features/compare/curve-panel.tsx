import { Group, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Chart, type Line } from '../../components/chart'
import { RunSwatch } from '../../components/run-swatch'
import { align, readAt, smooth } from '../../lib/curves'
import { formatCount, formatDuration, formatNumber, formatPercent } from '../../lib/format'
import { ACCURACY, AXIS_LABELS, type Axis, overAxis } from './comparison'
import type { ComparedRun, RunCurves } from './use-comparison'

const HEIGHT = 210

export interface CurveOptions {
  readonly axis: Axis
  /** 0 = as it is, towards 1 = smoother. */
  readonly smoothing: number
  readonly isLog: boolean
}

interface CurvePanelProps {
  readonly metric: string
  /** Those that are not hidden. */
  readonly runs: readonly ComparedRun[]
  readonly curves: ReadonlyMap<string, RunCurves>
  readonly options: CurveOptions
}

const FORMAT_X: Readonly<Record<Axis, (value: number) => string>> = {
  iteration: formatCount,
  tokens: (value) => (value < 1e6 ? formatCount(value) : `${formatNumber(value / 1e6)} M`),
  time: formatDuration,
}

/** One metric of all runs over one another, with the values under the pointer. */
export function CurvePanel({ metric, runs, curves, options }: CurvePanelProps) {
  const { axis, smoothing, isLog } = options
  const [index, setIndex] = useState<number | null>(null)
  const isAccuracy = metric === ACCURACY
  // An evaluation is a measurement with an interval: it is drawn as it is.
  const weight = isAccuracy ? 0 : smoothing
  const drawn = runs.flatMap((run) => {
    const { series, totals } = curves.get(run.id) ?? {}
    const raw = series?.[metric]
    return raw && raw.values.length > 0 ? [{ run, raw, totals }] : []
  })
  const stamp = drawn.map(
    ({ run, raw, totals }) => `${run.id} ${raw.values.length} ${raw.iterations.at(-1)} ${totals?.iterations.length}`,
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: new points show in the stamp
  const { x, lines, smooths } = useMemo(() => {
    const over = drawn.map(({ raw, totals }) => overAxis(raw, axis, totals))
    const averages = drawn.map(({ raw, totals }) => overAxis(smooth(raw, weight), axis, totals))
    const aligned = align([...over, ...averages])
    const columns = aligned.columns.slice(drawn.length)
    const line = (i: number, isFaint: boolean): Line => {
      const { run } = drawn[i]!
      const { variable, dash } = run.colour
      const label = run.details?.run.name ?? run.id
      return { label, values: aligned.columns[isFaint ? i : drawn.length + i]!, color: variable, dash, isFaint }
    }
    const indices = drawn.map((_, i) => i)
    const faint = weight > 0 ? indices.map((i) => line(i, true)) : []
    return { x: aligned.x, lines: [...faint, ...indices.map((i) => line(i, false))], smooths: columns }
  }, [stamp.join(), axis, weight])
  const formatY = isAccuracy ? (value: number) => formatPercent(value, 0) : undefined
  const at = index === null ? undefined : x[index]
  return (
    <section className="panel compare-panel" aria-label={metric}>
      <Group gap="md" wrap="nowrap" h={22} style={{ overflow: 'hidden' }}>
        <Text
          component="h3"
          size="sm"
          fw={600}
          className={isAccuracy ? undefined : 'mono'}
          style={{ whiteSpace: 'nowrap' }}
        >
          {isAccuracy ? 'accuracy (held out)' : metric}
        </Text>
        {at !== undefined && index !== null && (
          <Group gap="sm" wrap="nowrap" ml="auto" className="compare-readout">
            <span className="quiet">
              {axis === 'iteration' ? 'it. ' : ''}
              {FORMAT_X[axis](at)}
            </span>
            {drawn.map(({ run }, i) => {
              const point = readAt(x, smooths[i]!, index)
              if (!point) return null
              return (
                <Group key={run.id} gap={3} wrap="nowrap">
                  <RunSwatch colour={run.colour} />
                  {isAccuracy ? formatPercent(point.value) : formatNumber(point.value)}
                </Group>
              )
            })}
          </Group>
        )}
      </Group>
      {drawn.length === 0 ? (
        <Text size="sm" className="quiet compare-nothing" style={{ height: HEIGHT }}>
          {runs.length === 0 ? 'All runs are hidden.' : 'None of the shown runs has it yet.'}
        </Text>
      ) : (
        <Chart
          x={x}
          lines={lines}
          height={HEIGHT}
          label={`${metric} of ${drawn.length} runs over ${AXIS_LABELS[axis]}`}
          syncKey={`compare-${axis}`}
          isLog={isLog && !isAccuracy}
          xLabel={AXIS_LABELS[axis]}
          formatX={FORMAT_X[axis]}
          formatY={formatY}
          onHover={setIndex}
        />
      )}
    </section>
  )
}
