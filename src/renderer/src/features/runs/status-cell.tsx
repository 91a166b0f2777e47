import { ActionIcon, Group, Progress, Text, Tooltip } from '@mantine/core'
import { RunStatusMark } from '@renderer/components/status'
import { formatDuration } from '@renderer/lib/format'
import { brieflyDoing, doing } from '@renderer/lib/run-doing'
import type { ActiveRun } from '@shared/contract/runs'
import type { RunListItem } from '@shared/schemas/run'
import { IconClockPause, IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface StatusCellProps {
  readonly run: RunListItem
  /** Its progress, if this program runs it. */
  readonly live: ActiveRun | null
  /** Place in the queue, from 1; null: not in it. */
  readonly place: number | null
  readonly tabIndex: number
  readonly onLeaveQueue: () => void
}

/** The status of a run: its progress while it runs, its place in the queue, or why it ended early. */
export function StatusCell({ run, live, place, tabIndex, onLeaveQueue }: StatusCellProps) {
  if (live) return <LiveStatus live={live} />
  if (run.status === 'running') {
    const where = `Runs in another program${run.owner ? ` (process ${run.owner.pid})` : ''}.`
    return (
      <Tooltip label={where}>
        <Marked icon={<IconPlayerPlay size={15} color="var(--helped)" aria-hidden />}>
          running {run.iteration}/{run.iterations}
        </Marked>
      </Tooltip>
    )
  }
  if (run.status === 'queued') return <QueuedStatus {...{ run, place, tabIndex, onLeaveQueue }} />
  if (!run.error) return <RunStatusMark status={run.status} />
  return (
    <Tooltip label={run.error.message}>
      <span>
        <RunStatusMark status={run.status} />
      </span>
    </Tooltip>
  )
}

interface MarkedProps {
  readonly icon: ReactNode
  readonly children: ReactNode
}

const Marked = ({ icon, children, ...others }: MarkedProps) => (
  <Group gap={4} wrap="nowrap" component="span" display="inline-flex" {...others}>
    {icon}
    <Text span size="sm" className="clip">
      {children}
    </Text>
  </Group>
)

function LiveStatus({ live }: { readonly live: ActiveRun }) {
  const { state, iteration, iterations, secondsLeft } = live
  const share = (100 * iteration) / Math.max(1, iterations)
  const word = state === 'running' ? 'running' : brieflyDoing(live)
  const left = secondsLeft === null || state !== 'running' ? '' : `, ${formatDuration(secondsLeft)} left`
  const LiveIcon = state === 'paused' ? IconPlayerPause : IconPlayerPlay
  return (
    <Tooltip label={`${doing(live)}, iteration ${iteration} of ${iterations}${left}`}>
      <div>
        <Marked icon={<LiveIcon size={15} color="var(--helped)" aria-hidden />}>
          {word} {iteration}/{iterations}
        </Marked>
        <Progress value={share} size={3} aria-label={`${iteration} of ${iterations} iterations are done`} />
      </div>
    </Tooltip>
  )
}

function QueuedStatus({ run, place, tabIndex, onLeaveQueue }: Omit<StatusCellProps, 'live'>) {
  const icon = <IconClockPause size={15} color="var(--quiet)" aria-hidden style={{ flexShrink: 0 }} />
  if (place === null) {
    const state = run.iteration > 0 ? 'not resumed' : 'not started'
    return (
      <Tooltip label="It is not in the queue of this program. Start it from its menu.">
        <Marked icon={icon}>{state}</Marked>
      </Tooltip>
    )
  }
  return (
    <Group gap={4} wrap="nowrap" justify="space-between">
      <Marked icon={icon}>{place === 1 ? 'next' : `queued, no. ${place}`}</Marked>
      <Tooltip label="Remove from queue">
        <ActionIcon
          size="xs"
          tabIndex={tabIndex}
          aria-label={`Remove ${run.name} from the queue`}
          onClick={onLeaveQueue}
        >
          <IconX size={13} />
        </ActionIcon>
      </Tooltip>
    </Group>
  )
}
