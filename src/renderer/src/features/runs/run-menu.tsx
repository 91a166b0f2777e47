import { Kbd, Menu } from '@mantine/core'
import { canAskGuidance, GUIDANCE_QUESTION } from '@renderer/actions/ask-guidance'
import type { LiveState } from '@shared/contract/runs'
import type { RunListItem } from '@shared/schemas/run'
import {
  IconArchive,
  IconArchiveOff,
  IconArrowRight,
  IconFlask,
  IconNote,
  IconPencil,
  IconPlayerPlay,
  IconRoute,
  IconTrash,
  IconX,
} from '@tabler/icons-react'
import type { RunCommands } from './commands'

interface RunMenuProps {
  readonly run: RunListItem
  readonly live: LiveState
  readonly at: { readonly x: number; readonly y: number }
  readonly commands: RunCommands
  readonly onClose: () => void
}

const RESUMABLE = ['queued', 'stopped', 'interrupted', 'failed']

/** The menu of one run. */
export function RunMenu({ run, live, at, commands, onClose }: RunMenuProps) {
  const isWaiting = live.queue.includes(run.id)
  const isActive = live.active?.id === run.id
  const canResume = RESUMABLE.includes(run.status) && !isWaiting && !isActive && !run.isReadOnly
  const size = 15
  return (
    <Menu opened onClose={onClose} position="bottom-start" returnFocus={false} withinPortal>
      <Menu.Target>
        <button
          type="button"
          className="runs-menu-anchor"
          tabIndex={-1}
          aria-label={`Actions for ${run.name}`}
          style={{ left: at.x, top: at.y }}
        />
      </Menu.Target>
      <Menu.Dropdown miw={210}>
        <Menu.Item
          leftSection={<IconArrowRight size={size} />}
          rightSection={<Kbd size="xs">Enter</Kbd>}
          onClick={() => commands.open(run.id)}
        >
          Open
        </Menu.Item>
        <Menu.Item leftSection={<IconRoute size={size} />} onClick={() => commands.explore(run.id)}>
          Explore trajectories
        </Menu.Item>
        {canAskGuidance(run.objective) && (
          <Menu.Item leftSection={<IconFlask size={size} />} onClick={() => commands.askGuidance(run.id)}>
            {GUIDANCE_QUESTION}
          </Menu.Item>
        )}
        {canResume && (
          <Menu.Item leftSection={<IconPlayerPlay size={size} />} onClick={() => commands.resume(run.id)}>
            {run.iteration === 0 ? 'Start' : `Resume after iteration ${run.iteration}`}
          </Menu.Item>
        )}
        {isWaiting && (
          <Menu.Item leftSection={<IconX size={size} />} onClick={() => commands.leaveQueue(run.id)}>
            Remove from queue
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconPencil size={size} />}
          rightSection={<Kbd size="xs">F2</Kbd>}
          onClick={() => commands.startRename(run.id)}
        >
          Rename
        </Menu.Item>
        <Menu.Item
          leftSection={<IconNote size={size} />}
          rightSection={<Kbd size="xs">N</Kbd>}
          onClick={() => commands.openNotes(run.id)}
        >
          Tags and notes
        </Menu.Item>
        <Menu.Item
          leftSection={run.isArchived ? <IconArchiveOff size={size} /> : <IconArchive size={size} />}
          onClick={() => commands.archive([run.id], !run.isArchived)}
        >
          {run.isArchived ? 'Unarchive' : 'Archive'}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconTrash size={size} />}
          rightSection={<Kbd size="xs">Del</Kbd>}
          disabled={run.status === 'running'}
          onClick={() => commands.askRemove([run.id])}
        >
          Delete…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
