import { Page } from '@renderer/components/page'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { useQuery } from '@tanstack/react-query'
import { FirstStart } from './first-start'
import { RunsView } from './runs-view'
import { useRunsFollowLive } from './use-runs-follow-live'

/** The table of runs, or the page for the first run. */
export function RunsPage() {
  const { data, error, isPending, refetch } = useQuery(queries.runs.list.queryOptions({}))
  useRunsFollowLive()
  if (isPending)
    return (
      <Page title="Runs">
        <LoadingRows rows={12} />
      </Page>
    )
  if (error) return <ErrorState error={error} title="The runs could not be listed" onRetry={() => void refetch()} />
  return data.length === 0 ? <FirstStart /> : <RunsView runs={data} />
}
