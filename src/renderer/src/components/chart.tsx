/** Line charts on canvas (uPlot): axes with units, hover in step with the other charts of the page, zoom by dragging, points that open. */
import { useComputedColorScheme } from '@mantine/core'
import { useMergedRef, useResizeObserver } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { isControlled, optionsOf } from './chart-options'

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
  /** Points on the line. */
  readonly hasPoints?: boolean
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
  /** A logarithmic axis in both directions for values around 0, linear between this and its negative. */
  readonly asinhFrom?: number
  /** The part of x that is shown. With it the page decides, and gets `onZoom`; without it the chart zooms by itself. */
  readonly xRange?: readonly [number, number]
  /** Fixed ends of the y axis. */
  readonly yRange?: readonly [number, number]
  /** Vertical lines at these x. */
  readonly marks?: readonly number[]
  readonly xLabel?: string
  readonly formatY?: (value: number) => string
  readonly formatX?: (value: number) => string
  /** The index under the pointer; null when it has left. */
  readonly onHover?: (index: number | null) => void
  readonly onPick?: (x: number) => void
  /** The range that was dragged over; null: all of it. */
  readonly onZoom?: (range: readonly [number, number] | null) => void
}

/** Tells the page what happens on a chart, by the newest properties. */
function listen(chart: uPlot, latest: { readonly current: ChartProps }): void {
  chart.over.addEventListener('click', () => {
    const index = chart.cursor.idx
    const at = index === null || index === undefined ? undefined : latest.current.x[index]
    if (at !== undefined) latest.current.onPick?.(at)
  })
  chart.hooks['setCursor'] = [() => latest.current.onHover?.(chart.cursor.idx ?? null)]
  chart.hooks['setSelect'] = [
    () => {
      const { left, width } = chart.select
      if (width <= 2) return
      latest.current.onZoom?.([chart.posToVal(left, 'x'), chart.posToVal(left + width, 'x')])
      if (isControlled(latest.current)) chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    },
  ]
  chart.over.addEventListener('dblclick', () => latest.current.onZoom?.(null))
}

export function Chart(props: ChartProps) {
  const { x, lines, height, label, xRange, yRange, marks } = props
  const scheme = useComputedColorScheme('light')
  const [measure, { width }] = useResizeObserver<HTMLDivElement>()
  const holder = useRef<HTMLDivElement>(null)
  const ref = useMergedRef(measure, holder)
  const chart = useRef<uPlot | null>(null)
  const latest = useRef(props)
  latest.current = props
  const shape = JSON.stringify([
    scheme,
    props.isLog,
    props.asinhFrom,
    props.xLabel,
    lines.map(({ values: _, ...rest }) => rest),
  ])
  const rounded = Math.floor(width)
  const isMeasured = rounded > 0

  const show = () => {
    const { current } = chart
    if (!current) return
    const { x: iterations, lines: drawn, xRange: range } = latest.current
    const data = [iterations, ...drawn.map(({ values }) => values)] as unknown as uPlot.AlignedData
    current.batch(() => {
      current.setData(data, range === undefined)
      if (range) current.setScale('x', { min: range[0], max: range[1] })
    })
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new chart for a new shape only; data and size are set below
  useEffect(() => {
    const element = holder.current
    if (!element || !isMeasured) return
    const made = new uPlot(optionsOf(element, latest, rounded), undefined, element)
    listen(made, latest)
    chart.current = made
    show()
    return () => {
      made.destroy()
      chart.current = null
    }
  }, [shape, isMeasured])

  // biome-ignore lint/correctness/useExhaustiveDependencies: new data or ranges, same chart
  useEffect(show, [x, lines, xRange?.[0], xRange?.[1], yRange?.[0], yRange?.[1]])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the marks lie over the curves, which stay
  useEffect(() => chart.current?.redraw(false), [marks])
  useEffect(() => {
    if (rounded > 0) chart.current?.setSize({ width: rounded, height })
  }, [rounded, height])

  return <div ref={ref} role="img" aria-label={label} style={{ height, minWidth: 0, overflow: 'hidden' }} />
}
