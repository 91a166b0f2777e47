/** The table of runs: only the rows in sight are drawn; the keyboard works as in a list of files. */
import type { LiveState } from '@shared/contract/runs'
import type { RunListItem } from '@shared/schemas/run'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useEffect, useRef } from 'react'
import type { Column } from './columns'
import type { RunCommands } from './commands'
import { handleKey, rowId } from './keys'
import { RunRow } from './run-row'
import './runs.css'
import { extendTo, moveBy, type Selection, toggle, toggleAll } from './selection'
import type { Sorting, SortKey } from './table-model'

const ROW = 32
const HEADER = 30

interface RunsTableProps {
  readonly runs: readonly RunListItem[]
  readonly columns: readonly Column[]
  readonly sorting: Sorting
  readonly onSort: (key: SortKey) => void
  readonly selection: Selection
  readonly onSelect: (change: (selection: Selection) => Selection) => void
  readonly renaming: string | null
  readonly live: LiveState
  readonly now: number
  readonly commands: RunCommands
  /** The element that gets the focus back after a menu or a dialog. */
  readonly gridRef: RefObject<HTMLTableElement | null>
}

export function RunsTable(props: RunsTableProps) {
  const { runs, columns, selection, onSelect, live, renaming, commands, gridRef } = props
  const scroller = useRef<HTMLDivElement>(null)
  const ids = runs.map(({ id }) => id)
  const latestIds = useRef(ids)
  latestIds.current = ids
  const rows = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
    scrollPaddingEnd: HEADER,
    getItemKey: (index) => ids[index] ?? index,
  })
  const activeIndex = selection.active === null ? -1 : ids.indexOf(selection.active)
  useEffect(() => {
    if (activeIndex >= 0) rows.scrollToIndex(activeIndex)
  }, [activeIndex, rows])
  const onPoint = useCallback((id: string) => onSelect((now) => ({ ...now, active: id, anchor: id })), [onSelect])
  const onToggle = useCallback(
    (id: string, isExtending: boolean) =>
      onSelect((now) => (isExtending ? extendTo(now, latestIds.current, id) : toggle(now, id))),
    [onSelect],
  )
  const shown = rows.getVirtualItems()
  const before = shown[0]?.start ?? 0
  const after = rows.getTotalSize() - (shown.at(-1)?.end ?? 0)
  return (
    <div ref={scroller} className="runs-scroll">
      <table
        ref={gridRef}
        className="runs-table"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows are selected by keyboard is a grid
        role="grid"
        tabIndex={0}
        aria-label="Runs"
        aria-multiselectable
        aria-rowcount={runs.length + 1}
        aria-activedescendant={activeIndex >= 0 && renaming === null ? rowId(ids[activeIndex]!) : undefined}
        onFocus={(event) => {
          const isByKeyboard = event.target === event.currentTarget && event.target.matches(':focus-visible')
          if (isByKeyboard && activeIndex < 0) onSelect((now) => moveBy(now, ids, 0, false))
        }}
        onKeyDown={(event) =>
          handleKey(event, ids, { ...props, page: Math.floor((rows.scrollRect?.height ?? 320) / ROW) - 2 })
        }
      >
        <colgroup>
          <col style={{ width: 32 }} />
          {columns.map(({ key, width }) => (
            <col key={key} style={{ width }} />
          ))}
          <col style={{ width: 32 }} />
        </colgroup>
        <Header {...props} />
        <tbody>
          {before > 0 && <tr aria-hidden className="runs-space" style={{ height: before }} />}
          {shown.map(({ index }) => {
            const run = runs[index]
            if (!run) return null
            const place = live.queue.indexOf(run.id)
            return (
              <RunRow
                key={run.id}
                run={run}
                index={index}
                columns={columns}
                isActive={index === activeIndex}
                isSelected={selection.selected.has(run.id)}
                isRenaming={renaming === run.id}
                live={live.active?.id === run.id ? live.active : null}
                place={place < 0 ? null : place + 1}
                now={run.status === 'running' ? props.now : 0}
                commands={commands}
                onPoint={onPoint}
                onToggle={onToggle}
              />
            )
          })}
          {after > 0 && <tr aria-hidden className="runs-space" style={{ height: after }} />}
        </tbody>
      </table>
    </div>
  )
}

function Header({ runs, columns, sorting, onSort, selection, onSelect }: RunsTableProps) {
  const selected = runs.reduce((count, { id }) => count + Number(selection.selected.has(id)), 0)
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col">
          <input
            type="checkbox"
            className="runs-check"
            aria-label="Select all runs"
            checked={selected > 0 && selected === runs.length}
            ref={(box) => {
              if (box) box.indeterminate = selected > 0 && selected < runs.length
            }}
            onChange={() =>
              onSelect((now) =>
                toggleAll(
                  now,
                  runs.map(({ id }) => id),
                ),
              )
            }
          />
        </th>
        {columns.map(({ key, label, hint, isNumeric }) => {
          const isSorted = sorting.key === key
          const Arrow = sorting.isDescending ? IconChevronDown : IconChevronUp
          return (
            <th
              key={key}
              scope="col"
              className={isNumeric ? 'numeric' : undefined}
              aria-sort={isSorted ? (sorting.isDescending ? 'descending' : 'ascending') : undefined}
            >
              <button type="button" title={hint} onClick={() => onSort(key)}>
                {label}
                {isSorted && <Arrow size={13} aria-hidden />}
              </button>
            </th>
          )
        })}
        <th scope="col">
          <span className="runs-hidden">Actions</span>
        </th>
      </tr>
    </thead>
  )
}
