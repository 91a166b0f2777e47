/** The state of a study or of one of its runs: an icon and a word. */
import { Group, Text } from '@mantine/core'
import { RunStatusMark } from '@renderer/components/status'
import type { StudyCell } from '@shared/contract/studies'
import type { StudyState } from '@shared/schemas/study'
import {
  type Icon,
  IconCircleCheck,
  IconCircleDashed,
  IconClockPause,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconX,
} from '@tabler/icons-react'
import { cellWords, STATE_WORDS } from './words'

const LOOKS: Readonly<Record<StudyState, readonly [icon: Icon, color: string]>> = {
  queued: [IconClockPause, 'var(--quiet)'],
  running: [IconPlayerPlay, 'var(--helped)'],
  paused: [IconPlayerPause, 'var(--quiet)'],
  done: [IconCircleCheck, 'var(--quiet)'],
  failed: [IconX, 'var(--hurt)'],
}

interface MarkProps {
  readonly icon: Icon
  readonly color: string
  readonly words: string
}

const Mark = ({ icon: MarkIcon, color, words }: MarkProps) => (
  <Group gap={4} wrap="nowrap" component="span" display="inline-flex">
    <MarkIcon size={15} stroke={2} color={color} aria-hidden style={{ flexShrink: 0 }} />
    <Text span size="sm" style={{ whiteSpace: 'nowrap' }}>
      {words}
    </Text>
  </Group>
)

export function StateMark({ state }: { readonly state: StudyState }) {
  const [icon, color] = LOOKS[state]
  return <Mark icon={icon} color={color} words={STATE_WORDS[state]} />
}

export function CellMark({ cell }: { readonly cell: StudyCell }) {
  if (cell.status === 'waiting') return <Mark icon={IconCircleDashed} color="var(--quiet)" words={cellWords(cell)} />
  if (cell.status === 'leftOut')
    return <Mark icon={IconPlayerSkipForward} color="var(--quiet)" words={cellWords(cell)} />
  return <RunStatusMark status={cell.status} />
}
