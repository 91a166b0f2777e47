/** The options of uPlot: axes with units, colours of the theme, scales that follow the properties without a new chart. */

import { formatNumber } from '@renderer/lib/format'
import uPlot from 'uplot'
import type { ChartProps } from './chart-types'

const cssColor = (element: Element, color: string): string =>
  color.startsWith('--') ? getComputedStyle(element).getPropertyValue(color).trim() : color

/** Of a cell with one count, of the cell with most: the line over it must stay readable. */
const FAINTEST = 0.06
const DARKEST = 0.55
/** Of the interval around a line: two over one another must let both lines be seen. */
const BAND = 0.14
const FONT = '11px system-ui, sans-serif'
/** Steps between ticks of the x axis: whole numbers. */
const STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()

const FRACTIONS = [1e-3, 1e-2, 1e-1].flatMap((power) => [1, 2, 5].map((step) => step * power))

/** True where the page says which part of x is shown; otherwise the chart zooms by itself. */
export const isControlled = ({ xRange }: ChartProps): boolean => xRange !== undefined

function cursorOf(props: ChartProps): uPlot.Cursor {
  const { syncKey } = props
  // A zoom reaches all charts through their properties; only the pointer's position is passed from chart to chart.
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

/** What is left are rounding errors, which no axis should magnify. */
const isFlat = (min: number, max: number) => max - min <= 1e-6 * Math.max(Math.abs(min), Math.abs(max))

/** With the same room at both ends, as it looks on a logarithmic axis. */
function logRange(min: number, max: number): uPlot.Range.MinMax {
  const room = Math.max(1.05, (max / min) ** 0.05)
  return [min / room, max * room]
}

/** Whole bands are seen, also those of points outside of the part of x that is shown. */
function withBands(min: number, max: number, lines: ChartProps['lines']): [number, number] {
  const ends = lines.flatMap(({ band }) => (band ? [...band.low, ...band.high] : [])).filter((end) => end !== null)
  return [Math.min(min, ...ends), Math.max(max, ...ends)]
}

function yScale(latest: { readonly current: ChartProps }): uPlot.Scale {
  const { isLog, asinhFrom } = latest.current
  const shape = isLog ? { distr: 3 } : asinhFrom !== undefined ? { distr: 4, asinh: asinhFrom } : { distr: 1 }
  return {
    ...(shape as uPlot.Scale),
    range: (_chart, lowest, highest) => {
      const { yRange, lines } = latest.current
      if (yRange) return [yRange[0], yRange[1]]
      if (lowest === null || highest === null) return [null, null]
      const [min, max] = withBands(lowest, highest, lines)
      if (isFlat(min, max)) return min === 0 && max === 0 ? [0, 1] : [min - Math.abs(min) / 4, max + Math.abs(max) / 4]
      if (isLog) return logRange(min, max)
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
      alpha: isFaint ? 0.5 : 1,
      width: width ?? (isFaint ? 1 : 1.75),
      ...(dash ? { dash: [...dash] } : {}),
      ...(isPoints ? { paths: () => null } : {}),
      points: isPoints || hasPoints ? { show: true, size: isPoints ? 6 : 5, fill: stroke } : { show: false },
      spanGaps: true,
    }
  })
}

/** Cells behind the grid, the darker the more counts. */
function drawHeat(element: Element, latest: { readonly current: ChartProps }) {
  return (chart: uPlot) => {
    const { heat = [] } = latest.current
    if (heat.length === 0) return
    const { ctx, bbox } = chart
    const most = Math.max(1, ...heat.flatMap(({ counts }) => counts))
    ctx.save()
    ctx.beginPath()
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
    ctx.clip()
    ctx.fillStyle = cssColor(element, '--critical')
    for (const { from, to, counts } of heat) {
      const [left, right] = [chart.valToPos(from, 'x', true), chart.valToPos(to, 'x', true)]
      const height = bbox.height / counts.length
      counts.forEach((count, i) => {
        if (count === 0) return
        ctx.globalAlpha = FAINTEST + (DARKEST - FAINTEST) * (count / most)
        ctx.fillRect(left, bbox.top + bbox.height - (i + 1) * height, Math.max(1, right - left), height)
      })
    }
    ctx.restore()
  }
}

/** From point to point, over places without one. */
function drawBands(element: Element, latest: { readonly current: ChartProps }) {
  return (chart: uPlot) => {
    const { x, lines } = latest.current
    const { ctx, bbox } = chart
    ctx.save()
    ctx.beginPath()
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
    ctx.clip()
    ctx.globalAlpha = BAND
    for (const { band, color } of lines) {
      if (!band) continue
      const place = (ends: readonly (number | null)[]) =>
        ends.flatMap((end, i) =>
          end === null ? [] : [[chart.valToPos(x[i]!, 'x', true), chart.valToPos(end, 'y', true)]],
        )
      ctx.fillStyle = cssColor(element, color)
      ctx.beginPath()
      for (const [left, top] of [...place(band.high), ...place(band.low).toReversed()]) ctx.lineTo(left!, top!)
      ctx.fill()
    }
    ctx.restore()
  }
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
      ctx.setLineDash([])
      ctx.beginPath()
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
      ctx.stroke()
      ctx.restore()
    }
  }
}

/** Numbers of the ticks, with more digits where two would look the same. Logarithmic axes leave some without a number. */
function tickTexts(splits: readonly (number | null)[], format: (value: number) => string): string[] {
  const texts = splits.map((value) => (value === null ? '' : format(value)))
  const named = texts.filter((text) => text !== '')
  if (new Set(named).size === named.length) return texts
  return splits.map((value) => (value === null ? '' : formatNumber(value, 6)))
}

export function optionsOf(element: Element, latest: { readonly current: ChartProps }, width: number): uPlot.Options {
  const props = latest.current
  const { height, formatY = formatNumber, formatX = String, xLabel, yLabel, hasFractions = false } = props
  const text = cssColor(element, '--chart-text')
  const grid = { stroke: cssColor(element, '--chart-grid'), width: 1 }
  const axis = { stroke: text, grid, ticks: { ...grid, size: 4 }, font: FONT, gap: 3 }
  return {
    width,
    height,
    // Room for half of the last number under the axis.
    padding: [8, (chart) => 6 + 3.3 * formatX(Math.round(chart.scales['x']?.max ?? 0)).length, 0, 0],
    cursor: cursorOf(props),
    legend: { show: false },
    scales: { x: { time: false }, y: yScale(latest) },
    axes: [
      {
        ...axis,
        size: xLabel ? 36 : 24,
        space: 44,
        incrs: hasFractions ? [...FRACTIONS, ...STEPS] : STEPS,
        ...(xLabel ? { label: xLabel, labelSize: 13, labelFont: FONT, labelGap: 0 } : {}),
        values: (_chart, splits) =>
          splits.map((value) => (hasFractions || Number.isInteger(value) ? formatX(value) : '')),
      },
      {
        ...axis,
        space: 26,
        ...(yLabel ? { label: yLabel, labelSize: 16, labelFont: FONT, labelGap: 0 } : {}),
        size: (_chart, values) => 14 + 6.4 * Math.max(4, ...(values ?? []).map((value) => value?.length ?? 0)),
        values: (_chart, splits) => tickTexts(splits, formatY),
      },
    ],
    series: [{}, ...seriesOf(element, props)],
    hooks: { drawClear: [drawHeat(element, latest), drawBands(element, latest)], draw: [drawMarks(element, latest)] },
  }
}
