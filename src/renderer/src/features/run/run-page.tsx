import { Box } from '@mantine/core'
import { Page } from '@renderer/components/page'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { useActiveRun } from '@renderer/lib/live'
import { useQuery } from '@tanstack/react-query'
import { Charts } from './charts'
import { EndedNotice, HeldNotice } from './ended-notice'
import { HealthPanel } from './health-panel'
import { LatestPanel } from './latest-panel'
import { LogPanel } from './log-panel'
import { NotesPanel } from './notes-panel'
import { PhaseStrip } from './phase-strip'
import { PlanPanel } from './plan-panel'
import { ProbesPanel } from './probes-panel'
import { QueuePanel } from './queue-panel'
import { RunHeader } from './run-header'
import { ServersPanel } from './servers-panel'
import './run-page.css'

/** One run: live while it runs, the same afterwards. */
export function RunPage({ id }: { readonly id: string }) {
  const { data, error, isPending, refetch } = useQuery(queries.runs.get.queryOptions({ input: { id } }))
  const active = useActiveRun(id)
  if (isPending) return <LoadingRows />
  if (error)
    return (
      <Page title="Run">
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Page>
    )
  const { run, metrics } = data
  const isRunning = active !== null || run.status === 'running'
  return (
    <Box component="section" p="lg" aria-label={run.name}>
      <RunHeader run={run} active={active} />
      <EndedNotice data={data} active={active} />
      <HeldNotice active={active} />
      {(active || metrics.length > 0) && <PhaseStrip run={run} active={active} metrics={metrics} />}
      <div className="run-layout">
        <div className="run-health">
          {metrics.length > 0 && <HealthPanel data={data} />}
          <ServersPanel active={active} />
          <QueuePanel />
        </div>
        <div className="run-charts">
          <Charts data={data} isRunning={isRunning} />
        </div>
        <div className="run-side">
          {data.trajectories > 0 && <LatestPanel run={id} />}
          <ProbesPanel key={`probes-${id}`} run={id} />
          <NotesPanel data={data} />
          <PlanPanel run={run} />
          <LogPanel key={id} id={id} />
        </div>
      </div>
    </Box>
  )
}
