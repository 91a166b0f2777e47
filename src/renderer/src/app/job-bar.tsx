import { Group, Progress, Text, UnstyledButton } from '@mantine/core'
import { formatDuration } from '@renderer/lib/format'
import { useLive } from '@renderer/lib/live'
import { brieflyDoing } from '@renderer/lib/run-doing'
import { useLocation } from 'wouter'

/** The running job, shown on every page: what it does, its progress and the time left. A click opens it. */
export function JobBar() {
  const { active, queue } = useLive()
  const [, go] = useLocation()
  if (!active) return <div style={{ flex: 1 }} />
  const { id, name, iteration, iterations, secondsLeft, state } = active
  const share = (100 * iteration) / Math.max(1, iterations)
  return (
    <UnstyledButton onClick={() => go(`/runs/${id}`)} style={{ flex: 1, minWidth: 0 }} aria-label={`Open ${name}`}>
      <Group gap="md" wrap="nowrap" justify="center">
        <Text size="sm" className="clip" maw={320}>
          {name}
        </Text>
        <Text size="sm" className="quiet" style={{ whiteSpace: 'nowrap' }} aria-live="off">
          {brieflyDoing(active)} · iteration {iteration}/{iterations}
          {state === 'running' && secondsLeft !== null && ` · ${formatDuration(secondsLeft)} left`}
          {queue.length > 0 && ` · ${queue.length} waiting`}
        </Text>
        <Progress
          value={share}
          w={120}
          size="sm"
          visibleFrom="sm"
          aria-label={`${Math.round(share)} % of the iterations are done`}
        />
      </Group>
    </UnstyledButton>
  )
}
