/** The selected runs and the current one for the keyboard, by id: both survive sorting and filtering. Pure. */

export interface Selection {
  readonly selected: ReadonlySet<string>
  /** The current run of the keyboard. */
  readonly active: string | null
  /** The run where a range begins. */
  readonly anchor: string | null
}

export const NOTHING: Selection = { selected: new Set(), active: null, anchor: null }

const clamp = (value: number, max: number): number => Math.max(0, Math.min(max, value))

export function toggle(selection: Selection, id: string): Selection {
  const selected = new Set(selection.selected)
  if (!selected.delete(id)) selected.add(id)
  return { selected, active: id, anchor: id }
}

/** Selects everything between the anchor and a run as well. */
export function extendTo(selection: Selection, ids: readonly string[], id: string): Selection {
  const anchor = selection.anchor !== null && ids.includes(selection.anchor) ? selection.anchor : id
  const [from = 0, to = 0] = [ids.indexOf(anchor), ids.indexOf(id)].sort((a, b) => a - b)
  return { selected: new Set([...selection.selected, ...ids.slice(from, to + 1)]), active: id, anchor }
}

/** Moves the current row; to the first one if there was none. */
export function moveBy(selection: Selection, ids: readonly string[], rows: number, isExtending: boolean): Selection {
  const from = selection.active === null ? -1 : ids.indexOf(selection.active)
  const id = ids[from < 0 ? 0 : clamp(from + rows, ids.length - 1)]
  if (id === undefined) return selection
  if (!isExtending) return { ...selection, active: id, anchor: id }
  const begun = { ...selection, anchor: selection.anchor ?? selection.active }
  return extendTo(begun, ids, id)
}

/** Selects all shown runs, or none if all were selected. */
export function toggleAll(selection: Selection, ids: readonly string[]): Selection {
  const isAll = ids.length > 0 && ids.every((id) => selection.selected.has(id))
  return { ...selection, selected: isAll ? new Set() : new Set(ids) }
}

/** The runs an action applies to: the selected ones that are shown, else the current one. */
export function targets({ selected, active }: Selection, ids: readonly string[]): string[] {
  const chosen = ids.filter((id) => selected.has(id))
  if (chosen.length > 0) return chosen
  return active !== null && ids.includes(active) ? [active] : []
}
