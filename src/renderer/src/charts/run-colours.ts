/** A run's colour in comparisons: one of eight, then the same eight dashed. A run keeps its colour until the window is closed. */

const PALETTE = 8
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3]]

export interface RunColour {
  /** Name of a CSS variable, for `Chart` and for `var()`. */
  readonly variable: string
  /** Lengths of dash and gap; empty for a solid line. */
  readonly dash: readonly number[]
}

/** The colour of a slot: the first eight are solid, the next eight dashed, and so on. */
export const colourOfSlot = (slot: number): RunColour => ({
  variable: `--run-${(slot % PALETTE) + 1}`,
  dash: DASHES[Math.floor(slot / PALETTE) % DASHES.length]!,
})

/**
 * Assigns slots to runs: a run keeps its slot unless two of these runs share it; the others get the first free ones.
 * @returns the slots of these runs, in their order
 */
export function assignSlots(ids: readonly string[], known: ReadonlyMap<string, number>): Map<string, number> {
  const slots = new Map<string, number>()
  const taken = new Set<number>()
  for (const id of ids) {
    const slot = known.get(id)
    if (slot === undefined || taken.has(slot)) continue
    slots.set(id, slot)
    taken.add(slot)
  }
  let next = 0
  for (const id of ids) {
    if (slots.has(id)) continue
    while (taken.has(next)) next++
    slots.set(id, next)
    taken.add(next)
  }
  return new Map(ids.map((id) => [id, slots.get(id)!]))
}

const remembered = new Map<string, number>()

/** The colours of runs that are shown together. */
export function runColours(ids: readonly string[]): ReadonlyMap<string, RunColour> {
  const slots = assignSlots(ids, remembered)
  for (const [id, slot] of slots) remembered.set(id, slot)
  return new Map([...slots].map(([id, slot]) => [id, colourOfSlot(slot)]))
}
