/** Numbers and ranges of settings as text. Pure. */
import type { PlanLeaf } from './leaves'

/** 1e-5, 0.05, 4096: as typed. */
export function numberText(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential().replace('e+', 'e')
  return String(value)
}

/** "above 0, up to 1"; null if there is no limit. */
export function rangeWords({ type, minimum, maximum, isOpenBelow, isOpenAbove }: PlanLeaf): string | null {
  if (type !== 'number' && type !== 'integer') return null
  const low = minimum === undefined ? null : `${isOpenBelow ? 'above' : 'from'} ${numberText(minimum)}`
  const high = maximum === undefined ? null : `${isOpenAbove ? 'below' : 'up to'} ${maximum.toLocaleString('en-US')}`
  const range = [low, high].filter((part) => part !== null).join(', ')
  return type === 'integer' ? `whole number ${range}`.trim() : range
}
