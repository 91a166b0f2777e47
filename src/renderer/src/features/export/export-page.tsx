import { Stack } from '@mantine/core'
import { Page } from '@renderer/components/page'
import { EmptyState, ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useLocation } from 'wouter'
import { ExportForm } from './export-form'
import { ImportBundle } from './import-bundle'
import { TransferPanel } from './transfer-panel'
import { useTransfer } from './use-transfer'

function Choose({ wanted, isBusy }: { readonly wanted?: string; readonly isBusy: boolean }) {
  const [, go] = useLocation()
  const { data: info } = useQuery(queries.system.info.queryOptions({}))
  const runs = useQuery(queries.runs.list.queryOptions({}))
  const run = runs.data?.find(({ id }) => id === wanted) ?? (wanted === undefined ? runs.data?.[0] : undefined)
  const options = useQuery({
    ...queries.exports.options.queryOptions({ input: { run: run?.id ?? '' } }),
    enabled: run !== undefined,
    staleTime: 0,
  })
  const error = runs.error ?? options.error
  if (error) return <ErrorState error={error} onRetry={() => void Promise.all([runs.refetch(), options.refetch()])} />
  if (runs.data?.length === 0)
    return (
      <EmptyState
        title="No runs to export yet"
        text="Export a run's weights, its adapter or the data in its trajectories from here. Train a run first, or open a bundle."
        action={{ label: 'New run', onClick: () => go('/new') }}
      />
    )
  if (runs.data && wanted !== undefined && !run)
    return (
      <EmptyState
        title="There is no such run"
        text={`No run has the id ${wanted}: it may have been deleted.`}
        action={{ label: 'Choose another run', onClick: () => go('/export') }}
      />
    )
  if (!runs.data || !run || !options.data || !info) return <LoadingRows />
  return (
    <ExportForm
      key={run.id}
      runs={runs.data}
      run={run}
      options={options.data}
      info={info}
      isBusy={isBusy}
      onRun={(id) => go(`/export/${id}`, { replace: true })}
    />
  )
}

/** A finished export occupies its destination, so destinations are checked again when an export or import ends. */
function useNewPlaces(isBusy: boolean): void {
  const cache = useCache()
  useEffect(() => {
    if (!isBusy) void cache.exportEnded()
  }, [isBusy, cache])
}

/** The page for exports and for importing bundles. */
export function ExportPage({ run }: { readonly run?: string }) {
  const transfer = useTransfer()
  const isBusy = transfer?.state === 'running'
  useNewPlaces(isBusy)
  return (
    <Page title="Export" actions={<ImportBundle />}>
      <Stack gap="lg">
        <TransferPanel transfer={transfer} />
        <Choose wanted={run} isBusy={isBusy} />
      </Stack>
    </Page>
  )
}
