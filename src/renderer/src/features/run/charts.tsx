import { useElementSize, useHotkeys } from '@mantine/hooks'
import type { Range } from '@renderer/charts/curves'
import { EmptyState } from '@renderer/components/states'
import { formatCount, plural } from '@renderer/lib/format'
import { useLive } from '@renderer/lib/live'
import { nothingYet } from '@renderer/lib/nothing-yet'
import type { RunDetails } from '@shared/contract/runs'
import { ACCURACY, type MetricName } from '@shared/metrics'
import { isEvaluated } from '@shared/plan/evaluated'
import { shortPath } from '@shared/plan/short-path'
import type { EvaluationRecord } from '@shared/schemas/events'
import type { Series } from '@shared/schemas/run'
import { useCallback, useMemo, useState } from 'react'
import { BASE_ACCURACY, shownGroups } from './chart-groups'
import { ChartSection } from './chart-section'
import { useChartSettings } from './chart-settings'
import { ChartToolbar } from './chart-toolbar'
import { useCriticalPositions, useCurves } from './use-curves'

/** A metric that every iteration has. */
const STEP_TIME = 'step_time' satisfies MetricName

/** Smallest width of a chart, in pixels. */
const CHART_WIDTH = 310

/** All curves of a run; they share hover, zoom and the pinned iteration. */
export function Charts({ data, isRunning }: { readonly data: RunDetails; readonly isRunning: boolean }) {
  const { run, metrics, evaluations } = data
  const live = useLive()
  const { ref, width } = useElementSize()
  const [settings, changeSettings] = useChartSettings()
  const [zoom, setZoom] = useState<Range | null>(null)
  const [pinned, setPinned] = useState<number | null>(null)
  const names = metrics.map(({ name }) => name).join('\n')
  const hasEvaluations = evaluations.length > 0
  const groups = useMemo(() => {
    const known = new Set([...names.split('\n'), ...(hasEvaluations ? [ACCURACY, BASE_ACCURACY] : [])])
    return shownGroups(run.plan, (name) => known.has(name))
  }, [run.plan, names, hasEvaluations])
  const whole = wholeRange(data)
  const [first, last] = whole
  const accuracy = useMemo(() => accuracyCurves(evaluations, last), [evaluations, last])
  const range = useMemo((): Range => zoom ?? [first, last], [zoom, first, last])
  const onZoom = useCallback((next: Range | null) => setZoom(next && inside(next, [first, last])), [first, last])
  const onPin = useCallback((iteration: number) => setPinned((old) => (old === iteration ? null : iteration)), [])
  const positions = useCriticalPositions(run.id, data.trajectories > 0, last)
  const { data: steps } = useCurves(run.id, [STEP_TIME], zoom)
  const grid = steps?.[STEP_TIME]?.iterations ?? NO_ITERATIONS
  const newest = useMemo(() => new Map(metrics.map((metric) => [metric.name, metric])), [metrics])
  useHotkeys([['Escape', () => setPinned(null)]])
  if (metrics.length === 0 && evaluations.length === 0) return <EmptyState {...nothingYet(run, live)} />
  return (
    <div ref={ref}>
      <ChartToolbar
        run={run.id}
        settings={settings}
        onSettings={changeSettings}
        whole={whole}
        zoom={zoom}
        onZoom={onZoom}
        pinned={pinned}
        onPin={setPinned}
        trajectories={data.trajectories}
      />
      <div style={{ display: 'grid', gap: 16 }}>
        {width > 0 &&
          groups.map((group) => (
            <ChartSection
              key={group.id}
              run={run.id}
              group={group}
              columns={Math.max(1, Math.floor(width / CHART_WIDTH))}
              zoom={zoom}
              range={range}
              grid={grid}
              settings={settings}
              accuracy={group.id === 'reward' ? accuracy : NO_CURVES}
              positions={group.id === 'gpo' ? positions : undefined}
              accuracyNote={accuracyNote(data, isRunning)}
              newest={newest}
              pinned={pinned}
              syncKey={`run-${run.id}`}
              onZoom={onZoom}
              onPin={onPin}
            />
          ))}
      </div>
    </div>
  )
}

const NO_ITERATIONS: readonly number[] = []
const NO_CURVES: Readonly<Record<string, Series>> = {}

/** @param last the last iteration of the line for the base's accuracy */
function accuracyCurves(evaluations: readonly EvaluationRecord[], last: number): Readonly<Record<string, Series>> {
  const iterations = evaluations.map(({ iteration }) => iteration)
  const base = evaluations.find(({ iteration }) => iteration === 0)
  const ends = [0, last]
  return {
    [ACCURACY]: { iterations, values: evaluations.map(({ accuracy }) => accuracy) },
    ...(base ? { [BASE_ACCURACY]: { iterations: ends, values: ends.map(() => base.accuracy) } } : {}),
  }
}

/** From the first recorded iteration to the last; never empty. */
function wholeRange({ metrics, evaluations, run }: RunDetails): Range {
  const first = evaluations[0]?.iteration ?? 1
  const last = Math.max(
    run.iteration,
    evaluations.at(-1)?.iteration ?? 0,
    ...metrics.map(({ lastIteration }) => lastIteration),
  )
  return last > first ? [first, last] : [Math.max(0, first - 1), first + 1]
}

/** A range of whole iterations of the run, at least two long; null for all of them. */
function inside([from, to]: Range, [first, last]: Range): Range | null {
  const start = Math.max(first, Math.round(from))
  const end = Math.min(last, Math.max(Math.round(to), start + 1))
  return start <= first && end >= last ? null : [Math.min(start, end - 1), end]
}

/** A bundled dataset's part is called train or test: its name is needed too. */
const dataName = (path: string) => (path.startsWith('bundled:') ? path.slice('bundled:'.length) : shortPath(path))

/** On what the accuracy was measured, and when it is measured next. */
function accuracyNote(data: RunDetails, isRunning: boolean): string | undefined {
  const rows = data.evaluations.at(-1)?.n
  const { data: plan } = data.run.plan
  const of = plan.eval ? dataName(plan.eval.path) : `${dataName(plan.train.path)}, held out`
  const parts = [
    ...(rows === undefined ? [] : [`${formatCount(rows)} rows of ${of}`]),
    ...(isRunning ? [nextEvaluation(data)] : []),
  ].filter((part) => part !== undefined)
  return parts.length > 0 ? parts.join(', ') : undefined
}

/** When the next evaluation takes place. */
function nextEvaluation({ run }: RunDetails): string | undefined {
  const { evaluation, data, budget } = run.plan
  if (!isEvaluated({ data })) return undefined
  const every = evaluation.everyIterations
  const next =
    every === 0 ? budget.iterations : Math.min(budget.iterations, (Math.floor(run.iteration / every) + 1) * every)
  const left = next - run.iteration
  return left > 0 ? `next in ${plural(left, 'iteration')}` : undefined
}
