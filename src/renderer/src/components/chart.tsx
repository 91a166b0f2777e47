/** Line charts on canvas (uPlot): axes with units, hover in step with the other charts of the page, zoom by dragging, points that open. */
import { useComputedColorScheme } from '@mantine/core'
import { useMergedRef, useResizeObserver } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { formatNumber } from '../lib/format'

export interface Line {
  readonly label: string
  /** By x; null where there is no point. */
  readonly values: readonly (number | null)[]
  readonly color: string
  /** A raw line under its smoothed one. */
  readonly isFaint?: boolean
  readonly dash?: readonly number[]
  readonly width?: number
  /** Points instead of a line. */
  readonly isPoints?: boolean
}

export interface ChartProps {
  /** Ascending. */
  readonly x: readonly number[]
  readonly lines: readonly Line[]
  readonly height: number
  /** For those who cannot see it. */
  readonly label: string
  /** Charts with the same key share hover and zoom. */
  readonly syncKey?: string
  readonly isLog?: boolean
  /** Fixed ends of the y axis. */
  readonly yRange?: readonly [number, number]
  readonly xLabel?: string
  readonly formatY?: (value: number) => string
  readonly formatX?: (value: number) => string
  /** The index under the pointer; null when it has left. */
  readonly onHover?: (index: number | null) => void
  readonly onPick?: (x: number) => void
  /** The range that was dragged over; null: all of it. */
  readonly onZoom?: (range: readonly [number, number] | null) => void
}

const cssColor = (element: Element, color: string): string =>
  color.startsWith('--') ? getComputedStyle(element).getPropertyValue(color).trim() : color

function optionsOf(element: Element, props: ChartProps, width: number): uPlot.Options {
  const { lines, height, isLog, yRange, formatY = formatNumber, formatX = String, syncKey, xLabel } = props
  const text = cssColor(element, '--chart-text')
  const grid = { stroke: cssColor(element, '--chart-grid'), width: 1 }
  const font = '11px system-ui, sans-serif'
  return {
    width,
    height,
    padding: [8, 10, 0, 0],
    cursor: {
      ...(syncKey ? { sync: { key: syncKey, setSeries: false } } : {}),
      drag: { x: true, y: false, setScale: true },
      points: { size: 6 },
    },
    legend: { show: false },
    scales: {
      x: { time: false },
      y: {
        distr: isLog ? 3 : 1,
        ...(yRange ? { range: [yRange[0], yRange[1]] as uPlot.Range.MinMax } : {}),
      },
    },
    axes: [
      {
        stroke: text,
        grid,
        ticks: { ...grid, size: 4 },
        font,
        size: xLabel ? 38 : 24,
        gap: 3,
        ...(xLabel ? { label: xLabel, labelSize: 14, labelFont: font, labelGap: 0 } : {}),
        values: (_chart, splits) => splits.map((value) => (Number.isInteger(value) ? formatX(value) : '')),
      },
      {
        stroke: text,
        grid,
        ticks: { ...grid, size: 4 },
        font,
        gap: 3,
        size: (_chart, values) => 14 + 6.4 * Math.max(2, ...(values ?? []).map((value) => value?.length ?? 0)),
        values: (_chart, splits) => splits.map((value) => (value === null ? '' : formatY(value))),
      },
    ],
    series: [
      {},
      ...lines.map(
        ({ label, color, isFaint, dash, width: stroke, isPoints }): uPlot.Series => ({
          label,
          stroke: cssColor(element, color),
          alpha: isFaint ? 0.3 : 1,
          width: stroke ?? (isFaint ? 1 : 1.75),
          ...(dash ? { dash: [...dash] } : {}),
          ...(isPoints
            ? { paths: () => null, points: { show: true, size: 6, fill: cssColor(element, color) } }
            : { points: { show: false } }),
          spanGaps: true,
        }),
      ),
    ],
  }
}

export function Chart(props: ChartProps) {
  const { x, lines, height, label } = props
  const scheme = useComputedColorScheme('light')
  const [measure, { width }] = useResizeObserver<HTMLDivElement>()
  const holder = useRef<HTMLDivElement>(null)
  const ref = useMergedRef(measure, holder)
  const chart = useRef<uPlot | null>(null)
  const latest = useRef(props)
  latest.current = props
  const shape = JSON.stringify([
    scheme,
    height,
    props.isLog,
    props.yRange,
    props.xLabel,
    lines.map(({ values: _, ...rest }) => rest),
  ])
  const data = [x, ...lines.map(({ values }) => values)] as unknown as uPlot.AlignedData
  const rounded = Math.floor(width)
  const isMeasured = rounded > 0

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new chart for a new shape only; data and size are set below
  useEffect(() => {
    const element = holder.current
    if (!element || !isMeasured) return
    const made = new uPlot(optionsOf(element, latest.current, rounded), data, element)
    made.over.addEventListener('click', () => {
      const index = made.cursor.idx
      const at = index === null || index === undefined ? undefined : latest.current.x[index]
      if (at !== undefined) latest.current.onPick?.(at)
    })
    made.hooks['setCursor'] = [() => latest.current.onHover?.(made.cursor.idx ?? null)]
    made.hooks['setSelect'] = [
      () => {
        const { left, width: size } = made.select
        if (size > 2) latest.current.onZoom?.([made.posToVal(left, 'x'), made.posToVal(left + size, 'x')])
      },
    ]
    made.over.addEventListener('dblclick', () => latest.current.onZoom?.(null))
    chart.current = made
    return () => {
      made.destroy()
      chart.current = null
    }
  }, [shape, isMeasured])

  // biome-ignore lint/correctness/useExhaustiveDependencies: new data or size, same chart
  useEffect(() => {
    chart.current?.setData(data)
  }, [x, lines])
  useEffect(() => {
    if (rounded > 0) chart.current?.setSize({ width: rounded, height })
  }, [rounded, height])

  return <div ref={ref} role="img" aria-label={label} style={{ height, minWidth: 0, overflow: 'hidden' }} />
}
