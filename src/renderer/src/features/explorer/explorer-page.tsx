import { Select, Text } from '@mantine/core'
import { Page } from '@renderer/components/page'
import { EmptyState, ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { Explorer } from './explorer'

interface ExplorerPageProps {
  readonly run?: string | undefined
  readonly trajectory?: string | undefined
}

/** Chooses the run: the requested one, else the newest with trajectories. */
export function ExplorerPage({ run, trajectory }: ExplorerPageProps) {
  const [, go] = useLocation()
  const { data: runs, error, isPending, refetch } = useQuery(queries.runs.list.queryOptions({}))
  const chosen = run ?? (runs?.find(({ criticalStep }) => criticalStep !== 'none') ?? runs?.[0])?.id
  const details = useQuery({
    ...queries.runs.get.queryOptions({ input: { id: chosen ?? '-' } }),
    enabled: chosen !== undefined,
  })
  const titled = (state: ReactNode) => <Page title="Explorer">{state}</Page>
  if (error) return titled(<ErrorState error={error} onRetry={() => void refetch()} />)
  if (isPending) return titled(<LoadingRows />)
  if (chosen === undefined)
    return titled(
      <EmptyState
        title="No trajectories yet"
        text="The explorer shows what a run sampled: each step with its value, the critical step, and what was tried from there. Train a model first."
        action={{ label: 'Go to runs', onClick: () => go('/') }}
      />,
    )
  if (details.error) return titled(<ErrorState error={details.error} onRetry={() => void details.refetch()} />)
  if (!details.data) return titled(<LoadingRows />)
  const picker = (
    <Select
      data={runs.map(({ id, name }) => ({ value: id, label: name }))}
      value={chosen}
      onChange={(id) => id && go(`/explorer/${id}`)}
      aria-label="Run"
      allowDeselect={false}
      searchable
      w={280}
    />
  )
  return (
    <Page
      title="Explorer"
      isFilled
      subtitle={
        <Text size="xs" className="quiet clip">
          j/k steps · h/l trajectories · c critical step
        </Text>
      }
      actions={picker}
    >
      <Explorer key={chosen} details={details.data} initial={trajectory ? Number(trajectory) : null} />
    </Page>
  )
}
