/** The description of a metric, stated once: the charts of a run, the comparison and docs read it. */

/** Groups of charts, in the order of the run page. */
export const METRIC_GROUPS = {
  reward: 'Reward and accuracy',
  gpo: 'Guided Pivotal Optimization',
  preference: 'Preference',
  loss: 'Loss',
  kl: 'KL and entropy',
  servers: 'Sampling servers',
  lengths: 'Lengths',
  system: 'System',
} as const
export type MetricGroup = keyof typeof METRIC_GROUPS

/** `share`: 0 to 1, read as per cent. `ratio`: around 1, where small differences matter. */
export type MetricUnit = 'number' | 'share' | 'ratio' | 'count' | 'nats' | 'tokens' | 'seconds' | 'bytes'

/** A chart's heading and what to look for in it. */
export interface ChartWords {
  readonly group: MetricGroup
  readonly title: string
  readonly hint: string
}

interface Measured {
  readonly unit: MetricUnit
  /** Values that are possible. */
  readonly range?: readonly [number, number]
  /** The axis follows the values despite the range, because they are mostly far from its ends. */
  readonly fitsAxis?: true
  readonly better?: 'higher' | 'lower'
  /** Set by the plan, not measured: never smoothed. */
  readonly isExact?: true
  /** Never on a logarithmic axis. */
  readonly isLinear?: true
}

/** A metric with its own chart on the run page; `isHidden`: only the comparison shows it. */
interface OwnChart extends Measured, ChartWords {
  readonly label: string
  readonly isHidden?: true
}

/** A line in a chart it shares with others. */
interface Line<Chart extends string> extends Measured {
  readonly chart: Chart
  readonly label: string
}

export type MetricOf<Chart extends string> = OwnChart | Line<Chart>

export const UNIT_RANGE = [0, 1] as const
