import { useQuery } from '@tanstack/react-query'
import { Page } from '../../components/page'
import { ErrorState, LoadingRows } from '../../components/states'
import { queries } from '../../lib/api'

/** One run: live while it runs, the same afterwards. */
export function RunPage({ id }: { readonly id: string }) {
  const { data, error, isPending } = useQuery(queries.runs.get.queryOptions({ input: { id } }))
  if (isPending) return <LoadingRows />
  if (error) return <ErrorState error={error} />
  return <Page title={data.run.name}>{data.metrics.length} metrics</Page>
}
