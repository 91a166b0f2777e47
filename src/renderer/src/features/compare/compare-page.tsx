import { SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useSessionStorage } from '@mantine/hooks'
import { Page } from '@renderer/components/page'
import { EmptyState } from '@renderer/components/states'
import { ACCURACY } from '@shared/metrics'
import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { AddRun } from './add-run'
import './compare.css'
import { firstMetrics, sharedMetrics } from './comparison'
import { CurveControls } from './curve-controls'
import { fullRange } from './curve-model'
import { type CurveOptions, CurvePanel, type Range } from './curve-panel'
import { PlanTable } from './plan-table'
import { RunsLegend } from './runs-legend'
import { type ComparedRun, type RunCurves, useComparedRuns, useCurves } from './use-comparison'

const FIRST_OPTIONS: CurveOptions = { axis: 'iteration', smoothing: 0, isLog: false }

const metricNames = ({ details }: ComparedRun): string[] =>
  details ? [...(details.evaluations.length > 0 ? [ACCURACY] : []), ...details.metrics.map(({ name }) => name)] : []

const extentOf = ({ id, details }: ComparedRun, curves: ReadonlyMap<string, RunCurves>) => ({
  totals: curves.get(id)?.totals,
  evaluated: details?.evaluations.at(-1)?.iteration ?? 0,
})

/** Compares runs: their curves, final metrics, and differences between their plans. */
export function ComparePage({ ids: given }: { readonly ids: readonly string[] }) {
  const [, go] = useLocation()
  const address = given.join()
  const ids = useMemo(() => [...new Set(address.split(',').filter(Boolean))], [address])
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [options, setOptions] = useSessionStorage({ key: 'gpo-compare-options', defaultValue: FIRST_OPTIONS })
  const [zoom, setZoom] = useState<Range | null>(null)
  const [chosen, setChosen] = useState<readonly string[] | null>(null)
  const runs = useComparedRuns(ids)
  const loaded = runs.filter(({ details }) => details)
  const shared = sharedMetrics(loaded.map(metricNames))
  const metrics = chosen ?? firstMetrics(shared, loaded.length)
  const curves = useCurves(runs, metrics, options.axis === 'iteration' ? zoom : null)
  const visible = loaded.filter(({ id }) => !hidden.has(id))
  const range =
    zoom ??
    fullRange(
      visible.map((run) => extentOf(run, curves)),
      options.axis,
    )
  const show = (next: readonly string[]) => go(next.length > 0 ? `/compare/${next.join()}` : '/', { replace: true })
  const toggle = (id: string) => {
    const next = new Set(hidden)
    if (!next.delete(id)) next.add(id)
    setHidden(next)
  }
  if (ids.length === 0)
    return (
      <EmptyState
        title="Nothing to compare"
        text="Select runs in the table of runs, then press Compare."
        action={{ label: 'Go to runs', onClick: () => go('/') }}
      />
    )
  return (
    <Page
      title={ids.length === 1 ? 'Compare runs' : `Compare ${ids.length} runs`}
      actions={<AddRun ids={ids} onAdd={(id) => show([...ids, id])} />}
    >
      <Stack gap="lg">
        <section aria-label="Runs and final metrics">
          <RunsLegend
            {...{ runs, curves, metrics, hidden }}
            onToggle={toggle}
            onRemove={(id) => show(ids.filter((one) => one !== id))}
          />
        </section>
        <section aria-labelledby="compare-curves">
          <Title order={2} id="compare-curves" mb="sm">
            Curves
          </Title>
          <CurveControls
            {...{ options, shared, metrics }}
            runs={loaded.length}
            onChange={(next) => {
              if (next.axis !== options.axis) setZoom(null)
              setOptions(next)
            }}
            isZoomed={zoom !== null}
            onZoomOut={() => setZoom(null)}
            onMetrics={setChosen}
          />
          {metrics.length === 0 && loaded.length === runs.length && (
            <Text className="quiet" mt="md">
              {shared.length === 0 ? 'These runs have no metric in common yet.' : 'Choose a metric to see its curves.'}
            </Text>
          )}
          <SimpleGrid minColWidth={360} autoFlow="auto-fit" spacing="md" mt="md">
            {metrics.map((metric) => (
              <CurvePanel key={metric} {...{ metric, curves, options, range }} runs={visible} onZoom={setZoom} />
            ))}
          </SimpleGrid>
        </section>
        <section aria-labelledby="compare-plans">
          <Title order={2} id="compare-plans" mb="sm">
            Where the plans differ
          </Title>
          <PlanTable runs={runs} />
        </section>
      </Stack>
    </Page>
  )
}
