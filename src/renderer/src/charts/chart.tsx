/** Line charts on canvas (uPlot): axes with units, hover in step with the other charts of the page, zoom by dragging, points that open. */
import { useComputedColorScheme } from '@mantine/core'
import { useMergedRef, useResizeObserver } from '@mantine/hooks'
import { memo, useEffect, useRef } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { isControlled, optionsOf } from './chart-options'
import type { ChartProps } from './chart-types'

/** A click waits so long for a second one, milliseconds: together they zoom out and pick nothing. */
const DOUBLE_CLICK = 220

/** Tells the page what happens on a chart, by the newest properties. */
function listen(chart: uPlot, latest: { readonly current: ChartProps }): void {
  let click: ReturnType<typeof setTimeout> | undefined
  chart.over.addEventListener('click', () => {
    const index = chart.cursor.idx
    const at = index === null || index === undefined ? undefined : latest.current.x[index]
    clearTimeout(click)
    if (at !== undefined) click = setTimeout(() => latest.current.onPick?.(at), DOUBLE_CLICK)
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
  chart.over.addEventListener('dblclick', () => {
    clearTimeout(click)
    latest.current.onZoom?.(null)
  })
}

export const Chart = memo(function Chart(props: ChartProps) {
  const { x, lines, height, label, xRange, yRange, marks, heat } = props
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
    props.yLabel,
    props.hasFractions,
    lines.map(({ values: _, band: __, ...rest }) => rest),
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: marks and heat lie over and under the curves, which stay
  useEffect(() => chart.current?.redraw(false), [marks, heat])
  useEffect(() => {
    if (rounded > 0) chart.current?.setSize({ width: rounded, height })
  }, [rounded, height])

  return <div ref={ref} role="img" aria-label={label} style={{ height, minWidth: 0, overflow: 'hidden' }} />
})
