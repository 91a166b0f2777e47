import { Kbd, Menu } from '@mantine/core'
import { canAskGuidance, GUIDANCE_QUESTION } from '@renderer/actions/ask-guidance'
import { queries } from '@renderer/lib/api'
import type { LiveState } from '@shared/contract/runs'
import type { RunListItem } from '@shared/schemas/run'
import {
  IconArchive,
  IconArchiveOff,
  IconArrowRight,
  IconChecklist,
  IconCopy,
  IconFileExport,
  IconFlask,
  IconFolder,
  IconNote,
  IconPencil,
  IconPlayerPlay,
  IconRepeat,
  IconRoute,
  IconTrash,
  IconX,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
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
  const { data: info } = useQuery(queries.system.info.queryOptions({}))
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
        <Menu.Item leftSection={<IconCopy size={size} />} onClick={() => commands.clone(run.id)}>
          Clone as new run
        </Menu.Item>
        <Menu.Item leftSection={<IconRepeat size={size} />} onClick={() => commands.repeat(run.id)}>
          Repeat with another seed
        </Menu.Item>
        {!run.isReadOnly && (
          <Menu.Item leftSection={<IconChecklist size={size} />} onClick={() => commands.evaluate(run.id)}>
            Evaluate…
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconFileExport size={size} />} onClick={() => commands.exportRun(run.id)}>
          Export…
        </Menu.Item>
        {info?.hasDialogs && (
          <Menu.Item leftSection={<IconFolder size={size} />} onClick={() => commands.showFolder(run.id)}>
            Show folder
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
