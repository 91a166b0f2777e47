import { Button, Menu, Text } from '@mantine/core'
import { formatDuration } from '@renderer/lib/format'
import type { ActiveRun } from '@shared/contract/runs'
import { IconChevronDown, IconPlayerStop } from '@tabler/icons-react'
import { useState } from 'react'
import { useRunAction } from './run-actions'

interface StopMenuProps {
  readonly active: ActiveRun
  readonly isEvaluated: boolean
}

interface Choice {
  readonly label: string
  readonly what: string
  readonly act: () => void
}

/** The ways in which a run can be stopped; all of them keep a checkpoint, and the run can be resumed. */
export function StopMenu({ active, isEvaluated }: StopMenuProps) {
  const { id, state, phase, iteration, iterationEnd, pending } = active
  const stop = useRunAction(id, 'stop')
  const stopNow = useRunAction(id, 'stopNow')
  const evaluateAndStop = useRunAction(id, 'evaluateAndStop')
  // Read when the menu opens, so that nothing in it changes under the hand.
  const [left, setLeft] = useState<number | null>(null)
  const open = () => setLeft(iterationEnd === null ? null : Math.max(0, (iterationEnd - Date.now()) / 1000))
  const about = left === null ? '' : ` (about ${left < 1 ? '1 s' : formatDuration(left)})`
  const isPaused = state === 'paused'
  const kept = 'A checkpoint is written.'
  const later: readonly Choice[] = [
    {
      label: isPaused ? 'Stop here' : `After this iteration${about}`,
      what: pending.includes('evaluation') ? 'After the evaluation that was asked. A checkpoint is written.' : kept,
      act: stop.act,
    },
    ...(isEvaluated && !pending.includes('evaluation')
      ? [
          {
            label: isPaused ? 'Evaluate, then stop' : 'After this iteration, then evaluate',
            what: `The held-out accuracy is measured before the run ends. ${kept}`,
            act: evaluateAndStop.act,
          },
        ]
      : []),
  ]
  const now: Choice = {
    label: 'Now, dropping this iteration',
    what:
      phase?.phase === 'update' || phase?.phase === 'evaluation'
        ? `The ${phase.phase} has begun and is finished first; nothing is dropped.`
        : `What it has sampled so far is dropped: the run ends at iteration ${iteration}.`,
    act: stopNow.act,
  }
  const choices = [...(state === 'stopping' ? [] : later), ...(isPaused ? [] : [now])]
  const label = state === 'stopping' ? 'Stopping' : 'Stop'
  if (state === 'dropping')
    return (
      <Button variant="default" disabled leftSection={<IconPlayerStop size={14} />}>
        Stopping
      </Button>
    )
  return (
    <Menu position="bottom-end" onOpen={open} width={300}>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<IconPlayerStop size={14} />}
          rightSection={<IconChevronDown size={12} />}
          loading={stop.isActing || stopNow.isActing || evaluateAndStop.isActing}
        >
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.map(({ label: title, what, act }) => (
          <Menu.Item key={title} onClick={act}>
            <Text size="sm">{title}</Text>
            <Text size="xs" className="quiet">
              {what}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
