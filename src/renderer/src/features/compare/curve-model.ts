/** What one chart of the comparison draws. Pure. */

import type { Line } from '@renderer/charts/chart-types'
import { align, type Column, logScaleOf, readAt, smooth } from '@renderer/charts/curves'
import type { RunColour } from '@renderer/charts/run-colours'
import type { RunTotals } from '@shared/contract/runs'
import type { Series } from '@shared/schemas/run'
import { type Axis, overAxis, totalsOver } from './comparison'

export interface Drawn {
  readonly id: string
  readonly name: string
  readonly colour: RunColour
  readonly raw: Series
  readonly totals: RunTotals | undefined
}

export interface CurveModel {
  readonly x: readonly number[]
  readonly lines: readonly Line[]
  /** Per run; smoothed if the options say so. */
  readonly columns: readonly Column[]
  readonly isLog: boolean
  readonly asinhFrom: number | undefined
}

/** @param weight of the smoothing, 0 = none */
export function curveModel(drawn: readonly Drawn[], axis: Axis, weight: number, isLog: boolean): CurveModel {
  const raw = drawn.map((run) => overAxis(run.raw, axis, run.totals))
  const averages = drawn.map((run) => overAxis(smooth(run.raw, weight), axis, run.totals))
  const { x, columns } = align([...raw, ...averages])
  const line = ({ name, colour }: Drawn, values: Column, isFaint: boolean, points: number): Line => ({
    label: name,
    values,
    color: colour.variable,
    dash: colour.dash,
    isFaint,
    hasPoints: !isFaint && points === 1,
  })
  const faint = weight > 0 ? drawn.map((run, i) => line(run, columns[i]!, true, 0)) : []
  const smoothed = columns.slice(drawn.length)
  const log = isLog ? logScaleOf(raw.flatMap(({ values }) => values)) : null
  return {
    x,
    lines: [...faint, ...drawn.map((run, i) => line(run, smoothed[i]!, false, raw[i]!.values.length))],
    columns: smoothed,
    isLog: log?.kind === 'log',
    asinhFrom: log?.kind === 'asinh' ? log.threshold : undefined,
  }
}

/** A run's newest value at an x; null before its first point and after its last. */
export function valueAt({ x, columns }: CurveModel, run: number, at: number): number | null {
  const column = columns[run]!
  const end = x[column.findLastIndex((value) => value !== null)]
  return end === undefined || at > end ? null : (readAt(x, column, at)?.value ?? null)
}

/** From the beginning to the end of the longest run; undefined where nothing was recorded. */
export function fullRange(
  runs: readonly { readonly totals: RunTotals | undefined; readonly evaluated: number }[],
  axis: Axis,
): readonly [number, number] | undefined {
  const ends = runs.map(({ totals, evaluated }) => {
    if (axis !== 'iteration') return (totals && totalsOver(axis, totals)?.at(-1)) ?? 0
    return Math.max(evaluated, totals?.iterations.at(-1) ?? 0)
  })
  const end = Math.max(0, ...ends)
  return end > 0 ? [0, end] : undefined
}
