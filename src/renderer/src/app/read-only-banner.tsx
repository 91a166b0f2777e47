import { Alert } from '@mantine/core'
import { queries } from '@renderer/lib/api'
import { useQuery } from '@tanstack/react-query'

/** Says that nothing can be changed, because the folder of the database cannot be written. */
export function ReadOnlyBanner() {
  const { data } = useQuery(queries.system.info.queryOptions())
  if (!data?.isReadOnly) return null
  return (
    <Alert color="orange" radius={0} role="status" py="sm">
      The folder of <span>{data.database}</span> cannot be written. You can look at its runs and export them; to train,
      or to change something, copy the folder to a disk that can be written.
    </Alert>
  )
}
