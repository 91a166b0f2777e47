import { Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { Page } from '../../components/page'
import { Sparkline } from '../../components/sparkline'
import { EmptyState, ErrorState, LoadingRows } from '../../components/states'
import { RunStatusMark } from '../../components/status'
import { queries } from '../../lib/api'
import { formatPercent, formatTime } from '../../lib/format'

/** The table of runs. */
export function RunsPage() {
  const [, go] = useLocation()
  const { data, error, isPending, refetch } = useQuery(queries.runs.list.queryOptions({}))
  if (isPending) return <LoadingRows />
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (data.length === 0)
    return (
      <EmptyState
        title="No runs yet"
        text="Train the bundled model."
        action={{ label: 'New run', onClick: () => go('/new') }}
      />
    )
  return (
    <Page title="Runs">
      <Table highlightOnHover>
        <Table.Tbody>
          {data.map((run) => (
            <Table.Tr key={run.id} onClick={() => go(`/runs/${run.id}`)}>
              <Table.Td>{run.name}</Table.Td>
              <Table.Td>
                <RunStatusMark status={run.status} />
              </Table.Td>
              <Table.Td>{formatTime(run.createdAt)}</Table.Td>
              <Table.Td className="numeric">
                {run.lastAccuracy === null ? '–' : formatPercent(run.lastAccuracy)}
              </Table.Td>
              <Table.Td>
                <Sparkline values={run.lossSparkline} label="loss" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Page>
  )
}
