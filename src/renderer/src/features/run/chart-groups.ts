/** Which curves are shown together. Pure: the run's metrics decide what appears; names and texts are those of the metrics. */

import { axisFormatOf, formatOf, formatShare } from '@renderer/lib/metric-format'
import { isGuided, isTraining } from '@shared/method/guided'
import { isPairwise } from '@shared/method/offline'
import {
  ACCURACY,
  ACCURACY_TITLE,
  chartOf,
  chartWords,
  METRIC_GROUPS,
  METRIC_NAMES,
  METRICS,
  type MetricGroup,
  type MetricName,
} from '@shared/metrics'
import { isEvaluated } from '@shared/plan/evaluated'
import type { Plan } from '@shared/schemas/plan'

export interface LineDefinition {
  readonly metric: string
  readonly label: string
}

export interface ChartDefinition {
  readonly id: string
  readonly title: string
  /** What the chart shows and what to look for. */
  readonly hint: string
  readonly lines: readonly LineDefinition[]
  readonly format: (value: number) => string
  /** Format of the axis, if only the reading shows the unit. */
  readonly formatAxis?: (value: number) => string
  /** Set by the plan, not measured: never smoothed. */
  readonly isExact?: boolean
  /** Never on a logarithmic axis. */
  readonly isLinear?: boolean
  /** The axis always shows this whole range. */
  readonly yRange?: readonly [number, number]
}

export interface ChartGroup {
  readonly id: MetricGroup
  readonly title: string
  readonly charts: readonly ChartDefinition[]
}

/** The evaluation before training as a series; the trainer has no such metric. */
export const BASE_ACCURACY = 'accuracy before training'

const ACCURACY_CHART: ChartDefinition = {
  id: ACCURACY,
  title: ACCURACY_TITLE,
  hint: 'Share of evaluation rows answered correctly, without sampling. The dashed line is the model before training.',
  lines: [
    { metric: ACCURACY, label: 'now' },
    { metric: BASE_ACCURACY, label: 'before' },
  ],
  format: formatShare,
  isLinear: true,
}

function accuracyMissing({ data, evaluation, objective }: Plan): string | null {
  if (!isTraining({ objective })) return 'accuracy: nothing is trained, so it stays what it was'
  if (!isEvaluated({ data })) return 'accuracy: the plan has no evaluation data'
  return evaluation.everyIterations === 0 ? 'accuracy: evaluated before and after training only' : null
}

function klMissing({ objective }: Plan): string | null {
  if (objective.kind === 'grpo' && objective.kl === 0) return 'KL: its coefficient is 0, so it is not measured'
  if (objective.kind === 'ppo' || objective.kind === 'kto' || objective.kind === 'grpo') return null
  return 'KL: this objective does not measure it'
}

/** Why a run of a plan has no such chart; null or no entry if it should have one. */
const MISSING: Readonly<Record<string, (plan: Plan) => string | null>> = {
  [ACCURACY]: accuracyMissing,
  reward: ({ objective }) =>
    objective.kind === 'sft' ? 'reward: supervised fine-tuning imitates, it samples nothing' : null,
  values: (plan) => (isGuided(plan) ? null : 'values and critical steps: the plan trains without GPO'),
  kl: klMissing,
}

const isShown = (name: MetricName) => {
  const metric = METRICS[name]
  return 'chart' in metric || metric.isHidden !== true
}

/** A chart that several metrics share; unit and axis are those of the first. */
function chartDefinition(id: string, names: readonly [MetricName, ...MetricName[]]): ChartDefinition {
  const [first] = names
  const { title, hint } = chartWords(first)
  const { range, fitsAxis, isExact, isLinear } = METRICS[first]
  return {
    id,
    title,
    hint,
    lines: names.map((metric) => ({ metric, label: METRICS[metric].label })),
    format: formatOf(first),
    formatAxis: axisFormatOf(first),
    ...(isExact ? { isExact } : {}),
    ...(isLinear ? { isLinear } : {}),
    ...(range && !fitsAxis ? { yRange: range } : {}),
  }
}

function chartsOf(group: MetricGroup): ChartDefinition[] {
  const byChart = new Map<string, [MetricName, ...MetricName[]]>()
  for (const name of METRIC_NAMES) {
    if (!isShown(name) || chartWords(name).group !== group) continue
    const names = byChart.get(chartOf(name))
    if (names) names.push(name)
    else byChart.set(chartOf(name), [name])
  }
  const charts = [...byChart].map(([id, names]) => chartDefinition(id, names))
  return group === 'reward' ? [ACCURACY_CHART, ...charts] : charts
}

const GROUPS: readonly ChartGroup[] = (Object.keys(METRIC_GROUPS) as MetricGroup[]) // Object.keys of a literal has exactly these keys
  .map((id) => ({ id, title: METRIC_GROUPS[id], charts: chartsOf(id) }))

export interface ShownGroup extends ChartGroup {
  /** Sentences about missing charts. */
  readonly missing: readonly string[]
}

/** The groups with the charts and lines that a run has, and the reasons for missing ones if there are any. */
export function shownGroups(plan: Plan, has: (metric: string) => boolean): ShownGroup[] {
  return GROUPS.filter(
    ({ id }) => id !== 'preference' || isPairwise(plan.objective.kind) || plan.objective.kind === 'kto',
  )
    .map((group): ShownGroup => {
      const charts = group.charts.map((chart) => ({ ...chart, lines: chart.lines.filter(({ metric }) => has(metric)) }))
      const missing = charts.filter(({ lines }) => lines.length === 0).map(({ id }) => MISSING[id]?.(plan) ?? null)
      return {
        ...group,
        charts: charts.filter(({ lines }) => lines.length > 0),
        missing: missing.filter((reason) => reason !== null),
      }
    })
    .filter(({ charts, missing }) => charts.length > 0 || missing.length > 0)
}
