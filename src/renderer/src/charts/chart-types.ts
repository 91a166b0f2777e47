/** What a chart is given. */

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
  /** Ends of an interval at each x, filled faintly below all lines; null where there is none. */
  readonly band?: { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] }
}

export interface HeatColumn {
  readonly from: number
  readonly to: number
  readonly counts: readonly number[]
}

export interface ChartProps {
  /** Ascending. */
  readonly x: readonly number[]
  readonly lines: readonly Line[]
  readonly height: number
  /** A description for screen readers. */
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
  /** Counts behind the lines: of x from `from` to `to`, in equal parts of the y axis, lowest first; in the colour of critical steps. */
  readonly heat?: readonly HeatColumn[]
  readonly xLabel?: string
  readonly yLabel?: string
  /** The x axis may have numbers between whole ones. */
  readonly hasFractions?: boolean
  readonly formatY?: (value: number) => string
  readonly formatX?: (value: number) => string
  /** The index under the pointer; null when it has left. */
  readonly onHover?: (index: number | null) => void
  readonly onPick?: (x: number) => void
  /** The range that was dragged over; null: all of it. */
  readonly onZoom?: (range: readonly [number, number] | null) => void
}
