/** The table of runs by keyboard. */
import type { KeyboardEvent, RefObject } from 'react'
import type { RunCommands } from './commands'
import { moveBy, type Selection, targets, toggle } from './selection'

interface KeyContext {
  readonly selection: Selection
  readonly onSelect: (change: (selection: Selection) => Selection) => void
  readonly commands: RunCommands
  readonly gridRef: RefObject<HTMLTableElement | null>
  /** Number of rows that fit on the screen. */
  readonly page: number
}

/** The id of the row's element. */
export const rowId = (id: string): string => `run-row-${id}`

/** Arrows, Page Up, Page Down, Home and End move (with Shift they select), Space selects, Enter opens, F2 renames, Delete deletes. */
export function handleKey(event: KeyboardEvent, ids: readonly string[], context: KeyContext): void {
  const { selection, onSelect, commands, gridRef, page } = context
  if (event.target !== gridRef.current || event.altKey) return
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    End: ids.length,
    Home: -ids.length,
  }
  const { active } = selection
  const isCommand = event.ctrlKey || event.metaKey
  const move = moves[event.key]
  const chosen = targets(selection, ids)
  const actions: Readonly<Record<string, () => void>> = {
    ' ': () => active !== null && onSelect((now) => toggle(now, active)),
    Enter: () => active !== null && commands.open(active),
    F2: () => active !== null && commands.startRename(active),
    n: () => active !== null && commands.openNotes(active),
    c: () => chosen.length > 0 && commands.compare(chosen),
    Delete: () => chosen.length > 0 && commands.askRemove(chosen),
    Escape: () => onSelect((now) => ({ ...now, selected: new Set() })),
    ContextMenu: () => openMenuAtRow(active, commands),
    F10: () => event.shiftKey && openMenuAtRow(active, commands),
  }
  if (move !== undefined) onSelect((now) => moveBy(now, ids, move, event.shiftKey))
  else if (isCommand && event.key === 'a') onSelect((now) => ({ ...now, selected: new Set(ids) }))
  else if (!isCommand && actions[event.key]) actions[event.key]!()
  else return
  event.preventDefault()
}

function openMenuAtRow(id: string | null, commands: RunCommands): void {
  const row = id === null ? null : document.getElementById(rowId(id))
  if (id === null || !row) return
  const { right, bottom } = row.getBoundingClientRect()
  // Opened after the key event, which would otherwise close the menu at once.
  setTimeout(() => commands.openMenu(id, { x: right - 24, y: bottom - 4 }))
}
