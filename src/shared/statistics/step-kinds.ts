/** Kinds of steps by their shape: what is left of a step when its numbers and names are made alike. */
import { wilsonInterval } from '../interval'
import { intervalOf, meanEstimate } from './estimate'

/** A step of a trajectory that has a critical step. */
export interface KindStep {
  readonly text: string
  readonly isCritical: boolean
  /** Null where the search did not visit one of its two states. */
  readonly advantage: number | null
}

export interface StepKind {
  /** # stands for a number, ◦ for a name. */
  readonly shape: string
  readonly critical: number
  /** Among the critical steps, with its 90 % interval. */
  readonly share: number
  readonly interval: readonly [low: number, high: number]
  /** Among all steps. */
  readonly shareOfAll: number
  /** Of its critical steps; null for fewer than two that were measured. */
  readonly advantage: { readonly mean: number; readonly low: number; readonly high: number } | null
}

export interface StepKinds {
  readonly kinds: readonly StepKind[]
  readonly critical: number
  readonly steps: number
  /** Words of a step that make its shape; null: all. */
  readonly words: number | null
}

/** Most kinds that are shown. */
const MAX_KINDS = 15
/** Coarser shapes are tried until the shown kinds have this share of the critical steps. */
const WANTED_SHARE = 0.6
const COARSENESS = [null, 6, 3, 1] as const

/** @param words how many from the beginning; null: all */
export function shapeOf(text: string, words: number | null): string {
  const alike = text
    .trim()
    .replace(/[+-]?\d+(?:[.,]\d+)*/g, '#')
    .replace(/(?<![\p{L}\p{N}])\p{Lu}\p{L}*/gu, '◦')
    .replace(/\s+/g, ' ')
  const parts = alike.split(' ')
  return words === null || parts.length <= words
    ? alike.slice(0, 120)
    : `${parts.slice(0, words).join(' ').slice(0, 120)} …`
}

const within = ({ low, high }: { readonly low: number; readonly high: number }) => ({
  low: Math.max(-1, low),
  high: Math.min(1, high),
})

function kindsBy(steps: readonly KindStep[], words: number | null): StepKinds {
  const groups = new Map<string, { all: number; readonly critical: KindStep[] }>()
  for (const step of steps) {
    const shape = shapeOf(step.text, words)
    const group = groups.get(shape) ?? { all: 0, critical: [] }
    groups.set(shape, group)
    group.all++
    if (step.isCritical) group.critical.push(step)
  }
  const critical = steps.filter(({ isCritical }) => isCritical).length
  const kinds = [...groups]
    .filter(([, group]) => group.critical.length > 0)
    .sort(([, a], [, b]) => b.critical.length - a.critical.length)
    .slice(0, MAX_KINDS)
    .map(([shape, group]): StepKind => {
      const estimate = meanEstimate(group.critical.flatMap(({ advantage }) => advantage ?? []))
      return {
        shape,
        critical: group.critical.length,
        share: group.critical.length / critical,
        interval: wilsonInterval(group.critical.length, critical),
        shareOfAll: group.all / steps.length,
        advantage: estimate && { mean: estimate.value, ...within(intervalOf(estimate, 0.9)) },
      }
    })
  return { kinds, critical, steps: steps.length, words }
}

/** What kinds of steps are critical, most frequent first; as fine as a few kinds still describe most of them. */
export function stepKinds(steps: readonly KindStep[]): StepKinds {
  let found = kindsBy(steps, null)
  for (const words of COARSENESS) {
    found = kindsBy(steps, words)
    if (found.kinds.reduce((sum, { share }) => sum + share, 0) >= WANTED_SHARE) return found
  }
  return found
}
