import { Button, Text, Tooltip } from '@mantine/core'
import { formatCount, plural } from '@renderer/lib/format'
import type { LiveState } from '@shared/contract/runs'
import type { RunListItem } from '@shared/schemas/run'
import { IconArchive, IconArchiveOff, IconGitCompare, IconPlus, IconTrash } from '@tabler/icons-react'
import type { RunCommands } from './commands'
import type { Selection } from './selection'

interface RunsActionsProps {
  /** The runs that are shown. */
  readonly runs: readonly RunListItem[]
  readonly selection: Selection
  readonly commands: RunCommands
  readonly onClear: () => void
}

/** The actions on the selected runs, and a button for a new one. */
export function RunsActions({ runs, selection, commands, onClear }: RunsActionsProps) {
  const selected = runs.filter(({ id }) => selection.selected.has(id))
  const ids = selected.map(({ id }) => id)
  const areArchived = selected.length > 0 && selected.every(({ isArchived }) => isArchived)
  const ArchiveIcon = areArchived ? IconArchiveOff : IconArchive
  return (
    <>
      {ids.length > 0 && (
        <>
          <Text size="sm" aria-live="polite">
            {formatCount(ids.length)} selected
          </Text>
          <Tooltip label="Curves, plans and final metrics side by side (C)">
            <Button variant="default" leftSection={<IconGitCompare size={15} />} onClick={() => commands.compare(ids)}>
              Compare
            </Button>
          </Tooltip>
          <Button
            variant="default"
            leftSection={<ArchiveIcon size={15} />}
            onClick={() => commands.archive(ids, !areArchived)}
          >
            {areArchived ? 'Unarchive' : 'Archive'}
          </Button>
          <Button variant="default" leftSection={<IconTrash size={15} />} onClick={() => commands.askRemove(ids)}>
            Delete…
          </Button>
          <Button variant="subtle" color="gray" px="sm" onClick={onClear}>
            Clear selection
          </Button>
        </>
      )}
      <Button component="a" href="#/new" leftSection={<IconPlus size={15} />}>
        New run
      </Button>
    </>
  )
}

interface RunsCountProps {
  readonly runs: readonly RunListItem[]
  readonly shown: number
  readonly live: LiveState
}

/** The number of runs, of shown, running and waiting ones. */
export function RunsCount({ runs, shown, live }: RunsCountProps) {
  const count =
    shown === runs.length ? plural(runs.length, 'run') : `${formatCount(shown)} of ${plural(runs.length, 'run')}`
  const running = runs.filter(({ status }) => status === 'running').length
  return (
    <Text size="sm" className="quiet" style={{ whiteSpace: 'nowrap' }}>
      {count}
      {running > 0 && ` · ${formatCount(running)} running`}
      {live.queue.length > 0 && ` · ${formatCount(live.queue.length)} waiting`}
    </Text>
  )
}
