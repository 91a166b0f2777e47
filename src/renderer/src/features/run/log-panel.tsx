import { Button, Group, ScrollArea, Text, Title } from '@mantine/core'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

/** What the trainer printed, and its errors with stack traces; loaded only when shown. */
export function LogPanel({ id }: { readonly id: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <section className="panel run-log" aria-labelledby="trainer-log" style={{ padding: '8px 12px' }}>
      <Title order={2} id="trainer-log" fz="sm" mb={4}>
        Trainer log
      </Title>
      {isOpen && <LogText id={id} />}
      <Button variant="subtle" size="compact-xs" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
        {isOpen ? 'Hide the log' : 'Show what the trainer printed'}
      </Button>
    </section>
  )
}

function LogText({ id }: { readonly id: string }) {
  const log = useQuery({ ...queries.runs.log.queryOptions({ input: { id } }), staleTime: 0, gcTime: 0 })
  if (log.isPending) return <LoadingRows />
  if (log.error) return <ErrorState error={log.error} onRetry={() => void log.refetch()} />
  const { text, file, isCut } = log.data
  if (text === '')
    return (
      <Text fz="sm" className="quiet">
        There is no log: the trainer has not started yet, or the run was imported.
      </Text>
    )
  return (
    <>
      <ScrollArea.Autosize
        mah={320}
        type="auto"
        offsetScrollbars
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': 'What the trainer printed' }}
      >
        <pre className="trainer-log">{text}</pre>
      </ScrollArea.Autosize>
      <Group gap="xs" mt={4} justify="space-between" wrap="nowrap">
        <Text fz="xs" className="quiet" style={{ overflowWrap: 'anywhere' }}>
          {isCut ? `The end of ${file}` : file}
        </Text>
        <Button variant="subtle" size="compact-xs" loading={log.isFetching} onClick={() => void log.refetch()}>
          Refresh
        </Button>
      </Group>
    </>
  )
}
