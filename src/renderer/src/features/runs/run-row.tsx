import { ActionIcon, TextInput, Tooltip } from '@mantine/core'
import type { ActiveRun } from '@shared/contract/runs'
import type { RunListItem } from '@shared/schemas/run'
import { IconArchive, IconDotsVertical, IconFlask, IconLock, IconNote } from '@tabler/icons-react'
import { type KeyboardEvent, type MouseEvent, memo } from 'react'
import { type Column, Tags } from './columns'
import type { RunCommands } from './commands'
import { rowId } from './keys'
import { StatusCell } from './status-cell'
import { nameInStudy } from './table-model'

interface RunRowProps {
  readonly run: RunListItem
  /** From 0. */
  readonly index: number
  readonly columns: readonly Column[]
  readonly isActive: boolean
  readonly isSelected: boolean
  readonly isRenaming: boolean
  readonly live: ActiveRun | null
  readonly place: number | null
  readonly now: number
  readonly commands: RunCommands
  readonly onPoint: (id: string) => void
  readonly onToggle: (id: string, isExtending: boolean) => void
}

/** Plain elements instead of components where possible, because scrolling creates rows all the time. */
export const RunRow = memo(function RunRow(props: RunRowProps) {
  const { run, index, columns, isActive, isSelected, commands, now, onPoint, onToggle } = props
  const tabIndex = isActive ? 0 : -1
  const openMenu = (event: MouseEvent) => {
    event.preventDefault()
    onPoint(run.id)
    commands.openMenu(run.id, { x: event.clientX, y: event.clientY })
  }
  return (
    <tr
      id={rowId(run.id)}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      data-active={isActive || undefined}
      onClick={() => onPoint(run.id)}
      onDoubleClick={() => commands.open(run.id)}
      onContextMenu={openMenu}
    >
      <td>
        <input
          type="checkbox"
          className="runs-check"
          checked={isSelected}
          tabIndex={tabIndex}
          aria-label={`Select ${run.name}`}
          onChange={() => {}}
          onClick={(event) => {
            event.stopPropagation()
            onToggle(run.id, event.shiftKey)
          }}
        />
      </td>
      {columns.map((column) => (
        <td
          key={column.key}
          className={column.isNumeric ? 'numeric' : 'clip'}
          title={column.title?.(run)}
          data-column={column.key}
        >
          {column.cell ? column.cell(run, now) : <OwnCell {...props} column={column.key} tabIndex={tabIndex} />}
        </td>
      ))}
      <td>
        <button
          type="button"
          className="runs-menu"
          tabIndex={tabIndex}
          aria-label={`Actions for ${run.name}`}
          aria-haspopup="menu"
          onClick={openMenu}
        >
          <IconDotsVertical size={15} />
        </button>
      </td>
    </tr>
  )
})

function OwnCell({ column, ...props }: RunRowProps & { readonly column: string; readonly tabIndex: number }) {
  const { run, columns, live, place, tabIndex, commands, isRenaming } = props
  if (column === 'status')
    return <StatusCell {...{ run, live, place, tabIndex }} onLeaveQueue={() => commands.leaveQueue(run.id)} />
  if (isRenaming) return <NameField run={run} onEnd={(name) => commands.endRename(run.id, name)} />
  return (
    <span className="runs-name">
      {run.isReadOnly && (
        <Tooltip label="Imported from another installation: read-only, cannot be resumed.">
          <IconLock size={14} role="img" aria-label="read-only" />
        </Tooltip>
      )}
      {run.isArchived && <IconArchive size={14} role="img" aria-label="archived" />}
      {run.study && (
        <Tooltip label={`Of the experiment “${run.study.studyName}”: ${run.study.arm}, seed ${run.study.seed}`}>
          <a
            href={`#/experiments/${run.study.study}`}
            tabIndex={tabIndex}
            aria-label={`Experiment ${run.study.studyName}`}
            className="runs-study"
          >
            <IconFlask size={14} aria-hidden />
          </a>
        </Tooltip>
      )}
      <a href={`#/runs/${run.id}`} tabIndex={tabIndex} title={run.name} aria-label={run.name} className="clip">
        {nameInStudy(run)}
      </a>
      {run.tags.length > 0 && !columns.some(({ key }) => key === 'tags') && <Tags tags={run.tags} />}
      {run.note !== '' && (
        <Tooltip label={run.note.length > 300 ? `${run.note.slice(0, 300)}…` : run.note}>
          <ActionIcon
            size="xs"
            tabIndex={tabIndex}
            aria-label={`Notes on ${run.name}`}
            onClick={() => commands.openNotes(run.id)}
          >
            <IconNote size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </span>
  )
}

interface NameFieldProps {
  readonly run: RunListItem
  readonly onEnd: (name: string | null) => void
}

/** Enter and losing focus save the name, Escape does not. */
function NameField({ run, onEnd }: NameFieldProps) {
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    event.stopPropagation()
    if (event.key === 'Enter') onEnd(event.currentTarget.value)
    if (event.key === 'Escape') onEnd(null)
  }
  return (
    <TextInput
      defaultValue={run.name}
      aria-label="Name of the run"
      maxLength={200}
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onKeyDown={onKeyDown}
      onBlur={(event) => onEnd(event.currentTarget.value)}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      styles={{ input: { height: 26, minHeight: 26 } }}
    />
  )
}
