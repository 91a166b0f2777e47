import { Select } from '@mantine/core'
import { queries } from '@renderer/lib/api'
import { formatTime } from '@renderer/lib/format'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'

interface AddRunProps {
  /** Runs that are already compared. */
  readonly ids: readonly string[]
  readonly onAdd: (id: string) => void
}

/** Adds any other run, found by name. */
export function AddRun({ ids, onAdd }: AddRunProps) {
  const { data = [] } = useQuery(queries.runs.list.queryOptions({}))
  const others = data
    .filter(({ id }) => !ids.includes(id))
    .map(({ id, name, startedAt, createdAt }) => ({
      value: id,
      label: `${name} · ${formatTime(startedAt ?? createdAt)}`,
    }))
  return (
    <Select
      data={others}
      value={null}
      onChange={(id) => id !== null && onAdd(id)}
      searchable
      limit={100}
      leftSection={<IconPlus size={14} />}
      placeholder={others.length === 0 ? 'There is no other run' : 'Add a run'}
      disabled={others.length === 0}
      aria-label="Add a run to the comparison"
      nothingFoundMessage="No run has that name"
      comboboxProps={{ width: 380, position: 'bottom-end' }}
      w={220}
    />
  )
}
