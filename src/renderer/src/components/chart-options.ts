/** What uPlot is told: axes with units, colours of the theme, scales that follow the properties without a new chart. */
import uPlot from 'uplot'
import { formatNumber } from '../lib/format'
import type { ChartProps } from './chart'

const cssColor = (element: Element, color: string): string =>
  color.startsWith('--') ? getComputedStyle(element).getPropertyValue(color).trim() : color

const FONT = '11px system-ui, sans-serif'
/** Steps between ticks of the x axis: whole numbers. */
const STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()

/** True where the page says which part of x is shown; otherwise the chart zooms by itself. */
export const isControlled = ({ xRange }: ChartProps): boolean => xRange !== undefined

function cursorOf(props: ChartProps): uPlot.Cursor {
  const { syncKey } = props
  // A zoom of the page reaches all charts by their properties: only the pointer's place is told to the others.
  const filters = isControlled(props)
    ? { filters: { pub: (type: string) => type.startsWith('mouse') && !/down|up/.test(type) } }
    : {}
  return {
    y: false,
    ...(syncKey ? { sync: { key: syncKey, setSeries: false, scales: ['x', null], ...filters } } : {}),
    drag: { x: true, y: false, setScale: !isControlled(props), dist: 4 },
    points: { size: 6 },
    ...(isControlled(props) ? { bind: { dblclick: () => null } } : {}),
    hover: { skip: [undefined, null] },
  }
}

function yScale(latest: { readonly current: ChartProps }): uPlot.Scale {
  const { isLog, asinhFrom } = latest.current
  const shape = isLog ? { distr: 3 } : asinhFrom !== undefined ? { distr: 4, asinh: asinhFrom } : { distr: 1 }
  return {
    ...(shape as uPlot.Scale),
    range: (_chart, min, max) => {
      const { yRange } = latest.current
      if (yRange) return [yRange[0], yRange[1]]
      if (min === null || max === null) return [null, null]
      if (isLog) return uPlot.rangeLog(min, max, 10, false)
      if (asinhFrom !== undefined) return uPlot.rangeAsinh(min, max, 10, false)
      return uPlot.rangeNum(min, max, 0.08, true)
    },
  }
}

function seriesOf(element: Element, { lines }: ChartProps): uPlot.Series[] {
  return lines.map(({ label, color, isFaint, dash, width, isPoints, hasPoints }): uPlot.Series => {
    const stroke = cssColor(element, color)
    return {
      label,
      stroke,
      alpha: isFaint ? 0.35 : 1,
      width: width ?? (isFaint ? 1 : 1.75),
      ...(dash ? { dash: [...dash] } : {}),
      ...(isPoints ? { paths: () => null } : {}),
      points: isPoints || hasPoints ? { show: true, size: isPoints ? 6 : 5, fill: stroke } : { show: false },
      spanGaps: true,
    }
  })
}

/** Vertical lines at the marked places. */
function drawMarks(element: Element, latest: { readonly current: ChartProps }) {
  return (chart: uPlot) => {
    const { marks = [] } = latest.current
    const { ctx, bbox } = chart
    for (const mark of marks) {
      const x = Math.round(chart.valToPos(mark, 'x', true)) + 0.5
      if (x < bbox.left || x > bbox.left + bbox.width) continue
      ctx.save()
      ctx.strokeStyle = cssColor(element, '--chart-text')
      ctx.lineWidth = uPlot.pxRatio
      ctx.beginPath()
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
      ctx.stroke()
      ctx.restore()
    }
  }
}

export function optionsOf(element: Element, latest: { readonly current: ChartProps }, width: number): uPlot.Options {
  const props = latest.current
  const { height, formatY = formatNumber, formatX = String, xLabel } = props
  const text = cssColor(element, '--chart-text')
  const grid = { stroke: cssColor(element, '--chart-grid'), width: 1 }
  const axis = { stroke: text, grid, ticks: { ...grid, size: 4 }, font: FONT, gap: 3 }
  return {
    width,
    height,
    padding: [8, 10, 0, 0],
    cursor: cursorOf(props),
    legend: { show: false },
    scales: { x: { time: false }, y: yScale(latest) },
    axes: [
      {
        ...axis,
        size: xLabel ? 36 : 24,
        space: 44,
        incrs: STEPS,
        ...(xLabel ? { label: xLabel, labelSize: 13, labelFont: FONT, labelGap: 0 } : {}),
        values: (_chart, splits) => splits.map((value) => (Number.isInteger(value) ? formatX(value) : '')),
      },
      {
        ...axis,
        space: 26,
        size: (_chart, values) => 14 + 6.4 * Math.max(4, ...(values ?? []).map((value) => value?.length ?? 0)),
        // Logarithmic axes leave some ticks without a number.
        values: (_chart, splits) => splits.map((value) => (value === null ? '' : formatY(value))),
      },
    ],
    series: [{}, ...seriesOf(element, props)],
    hooks: { draw: [drawMarks(element, latest)] },
  }
}
