import { ActionIcon, Anchor, Button, Group, Text, Title, Tooltip } from '@mantine/core'
import { queries } from '@renderer/lib/api'
import { plural } from '@renderer/lib/format'
import { useLive } from '@renderer/lib/live'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRunAction } from './run-actions'

/** The runs that wait for this one, in order; nothing if none waits. */
export function QueuePanel() {
  const { queue } = useLive()
  const { data: runs = [] } = useQuery(queries.runs.list.queryOptions({}))
  if (queue.length === 0) return null
  const nameOf = (id: string) => runs.find((run) => run.id === id)?.name ?? id
  return (
    <section className="panel" aria-labelledby="queue" style={{ padding: '8px 12px' }}>
      <Title order={2} id="queue" fz="sm" mb={4}>
        {plural(queue.length, 'run waits', 'runs wait')}
      </Title>
      <ol style={{ margin: 0, paddingLeft: 20 }}>
        {queue.map((id, i) => (
          <Waiting key={id} id={id} name={nameOf(id)} isFirst={i === 0} />
        ))}
      </ol>
    </section>
  )
}

function Waiting({ id, name, isFirst }: { readonly id: string; readonly name: string; readonly isFirst: boolean }) {
  const first = useRunAction(id, 'startNext')
  const remove = useRunAction(id, 'stop')
  return (
    <li>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Anchor size="sm" className="clip" href={`#/runs/${id}`}>
          {name}
        </Anchor>
        <Group gap={2} wrap="nowrap">
          {isFirst ? (
            <Text size="xs" className="quiet">
              next
            </Text>
          ) : (
            <Button variant="subtle" size="compact-xs" onClick={first.act} loading={first.isActing}>
              Start next
            </Button>
          )}
          <Tooltip label="Remove from the queue; the run is kept">
            <ActionIcon size="sm" aria-label={`Remove ${name} from the queue`} onClick={remove.act}>
              <IconX size={14} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
    </li>
  )
}
