/** The status of a run or the verdict on an answer: an icon and a word; colour is only a second hint. */
import { Group, Text } from '@mantine/core'
import type { RunStatus } from '@shared/schemas/run'
import type { VerdictStatus } from '@shared/schemas/verifier'
import {
  type Icon,
  IconCheck,
  IconCircleCheck,
  IconClock,
  IconClockPause,
  IconCut,
  IconHelp,
  IconPlayerPlay,
  IconPlayerStop,
  IconPlugX,
  IconX,
} from '@tabler/icons-react'

interface Look {
  readonly icon: Icon
  readonly label: string
  readonly color: string
}

const RUN: Readonly<Record<RunStatus, Look>> = {
  queued: { icon: IconClockPause, label: 'queued', color: 'var(--quiet)' },
  running: { icon: IconPlayerPlay, label: 'running', color: 'var(--helped)' },
  completed: { icon: IconCircleCheck, label: 'completed', color: 'var(--quiet)' },
  stopped: { icon: IconPlayerStop, label: 'stopped', color: 'var(--quiet)' },
  interrupted: { icon: IconPlugX, label: 'interrupted', color: 'var(--hurt)' },
  failed: { icon: IconX, label: 'failed', color: 'var(--hurt)' },
}

const VERDICT: Readonly<Record<VerdictStatus, Look>> = {
  correct: { icon: IconCheck, label: 'correct', color: 'var(--helped)' },
  wrong: { icon: IconX, label: 'wrong', color: 'var(--hurt)' },
  unparseable: { icon: IconHelp, label: 'unparseable', color: 'var(--quiet)' },
  truncated: { icon: IconCut, label: 'truncated', color: 'var(--quiet)' },
  timeout: { icon: IconClock, label: 'timed out', color: 'var(--quiet)' },
}

function Mark({ look, isIconOnly = false }: { readonly look: Look; readonly isIconOnly?: boolean }) {
  const { icon: MarkIcon, label, color } = look
  if (isIconOnly)
    return <MarkIcon size={15} stroke={2} color={color} role="img" aria-label={label} style={{ flexShrink: 0 }} />
  return (
    <Group gap={4} wrap="nowrap" component="span" display="inline-flex">
      <MarkIcon size={15} stroke={2} color={color} aria-hidden style={{ flexShrink: 0 }} />
      <Text span size="sm">
        {label}
      </Text>
    </Group>
  )
}

export const RunStatusMark = ({ status }: { readonly status: RunStatus }) => <Mark look={RUN[status]} />

interface VerdictMarkProps {
  readonly status: VerdictStatus
  readonly isIconOnly?: boolean
}

export const VerdictMark = ({ status, isIconOnly = false }: VerdictMarkProps) => (
  <Mark look={VERDICT[status]} isIconOnly={isIconOnly} />
)
