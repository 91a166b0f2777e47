import { Page } from '@renderer/components/page'
import { EmptyState, ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { useQuery } from '@tanstack/react-query'
import { useSearch } from 'wouter'
import { Playground } from './playground'

/** One prompt, two models side by side. */
export function PlaygroundPage() {
  const wanted = new URLSearchParams(useSearch()).get('model')
  const { data, error, refetch } = useQuery({ ...queries.playground.models.queryOptions({}), staleTime: 0 })
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingRows />
  if (data.length === 0)
    return (
      <Page title="Playground">
        <EmptyState title="There is no model yet" text="Add one on the page Models." />
      </Page>
    )
  return <Playground key={wanted} listed={data} wanted={wanted} />
}
