/** The curves of a study's arms as a chart and as a table show them. Pure. */
import type { Line } from '@renderer/charts/chart-types'
import { align, type Column, readAt } from '@renderer/charts/curves'
import { colourOfSlot, type RunColour } from '@renderer/charts/run-colours'
import type { ArmCurve } from '@shared/study/results'

/** An arm has its colour by its place in the study. */
export const armColour = (arms: readonly string[], arm: string): RunColour =>
  colourOfSlot(Math.max(0, arms.indexOf(arm)))

export interface ArmsModel {
  readonly x: readonly number[]
  readonly lines: readonly Line[]
  readonly means: readonly { readonly arm: string; readonly column: Column }[]
  /** Numbers between whole ones are wanted on the axis. */
  readonly hasFractions: boolean
}

const FEW = 5

/** @param arms of the study, in its order */
export function armsModel(curves: readonly ArmCurve[], arms: readonly string[]): ArmsModel {
  // While seeds are still running, a mean over fewer of them may lie before an earlier one.
  const drawn = curves
    .filter(({ points }) => points.length > 0)
    .map(({ arm, points }) => ({ arm, points: points.toSorted((a, b) => a.x - b.x) }))
  const of = (pick: 'mean' | 'low' | 'high') =>
    drawn.map(({ points }) => ({ iterations: points.map(({ x }) => x), values: points.map((point) => point[pick]) }))
  const { x, columns } = align([...of('mean'), ...of('low'), ...of('high')])
  const part = (index: number) => columns.slice(index * drawn.length, (index + 1) * drawn.length)
  const [means, lows, highs] = [part(0), part(1), part(2)]
  return {
    x,
    lines: drawn.map(({ arm }, i): Line => {
      const { variable, dash } = armColour(arms, arm)
      return {
        label: arm,
        values: means[i]!,
        color: variable,
        dash,
        hasPoints: true,
        band: { low: lows[i]!, high: highs[i]! },
      }
    }),
    means: drawn.map(({ arm }, i) => ({ arm, column: means[i]! })),
    hasFractions: (x.at(-1) ?? 0) < FEW,
  }
}

/** Each arm's newest evaluation at or before a place of the axis; arms that had none are left out. */
export const readArms = ({ x, means }: ArmsModel, index: number): { readonly arm: string; readonly value: number }[] =>
  means.flatMap(({ arm, column }) => {
    const at = x[index]
    const found = at === undefined ? null : readAt(x, column, at)
    return found ? [{ arm, value: found.value }] : []
  })
