/** Colours of values and advantages, the same everywhere; defined in app/style.css for both themes. */

const STOPS = [0, 25, 50, 75, 100]

/** @param value in [0, 1] */
export function valueColour(value: number): string {
  const at = Math.min(1, Math.max(0, value)) * (STOPS.length - 1)
  const low = Math.min(STOPS.length - 2, Math.floor(at))
  const share = Math.round((at - low) * 100)
  return `color-mix(in oklab, var(--value-${STOPS[low]}) ${100 - share}%, var(--value-${STOPS[low + 1]}))`
}

/** The colour of an advantage, by its sign. */
export const advantageColour = (advantage: number): string => (advantage < 0 ? 'var(--hurt)' : 'var(--helped)')
