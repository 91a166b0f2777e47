/** Sets of real numbers: intervals, inequalities, unions, ℝ, ∅. `0 < x < 5`, `(0,5)`, `]0,5[` and `\{x \mid 0<x<5\}` are one. */
import type { Comparison } from '../kind'
import { compareFormulas, formulaOf, realValue } from './formula'
import { isWrapped, piecesOf, splitOutside } from './structure'

interface Interval {
  /** The ends as written; empty: infinite. */
  readonly low: string
  readonly high: string
  readonly isLowIn: boolean
  readonly isHighIn: boolean
}

export interface Ranges {
  readonly intervals: readonly Interval[]
  /** The variable of an inequality; null for intervals. */
  readonly variable: string | null
}

const ALL: Interval = { low: '', high: '', isLowIn: false, isHighIn: false }
const INFINITE = /^[-+]?\s?\\(?:infty|text\{\s?(?:infinity|inf)\s?\})\s?$/
const RELATION = /(\\le(?![a-z])|\\ge(?![a-z])|\\ne(?![a-z])|<|>)/
const EVERYTHING = /^(?:\\mathbb\{R\}|\\text\{\s?(?:all\s)?real(?:s|\snumbers)?\s?\}|all real numbers|R)$/i
const NAME =
  /^(?:[a-zA-Z]|\\(?!infty)[a-zA-Z]+)(?:_(?:\w|\{\w+\}))?'?(?:\(\w\))?$|^\|?[A-Z]{2,3}\|?$|^\\(?:angle|overline)\s?\{?[A-Z]+\}?$|^\\text\{[^{}]*\}$/

const end = (text: string): string => (INFINITE.test(text) ? '' : text)
const isUp = (text: string): boolean => INFINITE.test(text) && !text.startsWith('-')

/** `(a,b]`, `]a,b[`; null for anything else, and where the ends are in the wrong order. */
function intervalOf(text: string): Interval | null {
  const [open, close] = [text[0] ?? '', text.at(-1) ?? '']
  if (!/[([\]]/.test(open) || !/[)\][]/.test(close)) return null
  const ends = splitOutside(text.slice(1, -1), [',', ';'], false)
  const [low = '', high = ''] = ends
  if (ends.length !== 2 || !low || !high || isUp(low) || (INFINITE.test(high) && !isUp(high))) return null
  return { low: end(low), high: end(high), isLowIn: open === '[', isHighIn: close === ']' }
}

const FLIPPED: Readonly<Record<string, string>> = { '<': '>', '>': '<', '\\le': '\\ge', '\\ge': '\\le', '\\ne': '\\ne' }

/** The set allowed by `name relation bound`. */
function halfLine(relation: string, bound: string): readonly Interval[] {
  if (relation === '<' || relation === '\\le') return [{ ...ALL, high: end(bound), isHighIn: relation === '\\le' }]
  if (relation === '>' || relation === '\\ge') return [{ ...ALL, low: end(bound), isLowIn: relation === '\\ge' }]
  return [
    { ...ALL, high: bound },
    { ...ALL, low: bound },
  ]
}

/** `x<4`, `4>x`, `0<x\le 5`. */
function inequality(text: string): Ranges | null {
  const parts = text.split(RELATION).map((part) => part.trim())
  const [left = '', relation = '', middle = '', second = '', right = ''] = parts
  if (parts.length === 3 && NAME.test(left)) return { variable: left, intervals: halfLine(relation, middle) }
  if (parts.length === 3 && NAME.test(middle))
    return { variable: middle, intervals: halfLine(FLIPPED[relation] ?? '', left) }
  if (parts.length !== 5 || !NAME.test(middle)) return null
  const [lower, upper] = [halfLine(FLIPPED[relation] ?? '', left)[0], halfLine(second, right)[0]]
  if (!lower || !upper || (relation[0] === '\\' && relation === '\\ne')) return null
  const isRising = lower.low !== '' || upper.high !== ''
  const [a, b] = isRising ? [lower, upper] : [upper, lower]
  if (a.high !== '' || b.low !== '') return null
  return { variable: middle, intervals: [{ low: a.low, high: b.high, isLowIn: a.isLowIn, isHighIn: b.isHighIn }] }
}

/** `\{1,2\}` as points. */
function points(text: string): readonly Interval[] | null {
  if (!/^\\\{[\s\S]*\\\}$/.test(text)) return null
  const items = splitOutside(text.slice(2, -2), [','], false).filter((item) => item !== '')
  return items.map((item) => ({ low: item, high: item, isLowIn: true, isHighIn: true }))
}

/** ℝ without points. */
function without(text: string): Ranges | null {
  const match = /^\\mathbb\{R\}\s?(?:\\setminus|\\backslash|-)\s?(\\\{[\s\S]*\\\})$/.exec(text)
  const removed = match && points(match[1] ?? '')
  if (!removed || removed.length === 0) return null
  const order = removed.map(({ low }) => low).sort((a, b) => (numberOf(a) ?? 0) - (numberOf(b) ?? 0))
  const lows = ['', ...order]
  return {
    variable: null,
    intervals: lows.map((low, i) => ({ low, high: order[i] ?? '', isLowIn: false, isHighIn: false })),
  }
}

const BUILDER = /^\\\{\s?([a-zA-Z])\s?(?:\\in\s?(?:\\mathbb\{R\}))?\s?(?:\||:)\s?([\s\S]+?)\s?\\\}$/
const MEMBER = /^([a-zA-Z])\s?\\in(?![a-z])\s?/

function single(text: string): Ranges | null {
  if (EVERYTHING.test(text)) return { variable: null, intervals: [ALL] }
  if (/^(?:\\emptyset|\\\{\s?\\\})$/.test(text)) return { variable: null, intervals: [] }
  const interval = intervalOf(text)
  if (interval) return { variable: null, intervals: [interval] }
  return without(text) ?? (RELATION.test(text) ? inequality(text) : null)
}

/** The real numbers an answer stands for; null if it is not such a set. A pair of numbers may be one. */
export function rangesOf(given: string): Ranges | null {
  const builder = BUILDER.exec(given)
  const text = (builder?.[2] ?? given).trim()
  const member = MEMBER.exec(text)
  if (member) return named(rangesOf(text.slice(member[0].length)), member[1] ?? '')
  const parts = splitOutside(text, ['\\cup', '\\lor', ...(RELATION.test(text) ? [','] : [])])
  if (parts.length === 1) return both(text) ?? single(text)
  const ranges = parts.map((part) => single(part) ?? pointsOf(part))
  if (ranges.some((range) => range === null)) return null
  const variables = new Set(ranges.map((range) => range?.variable ?? null))
  return {
    variable: variables.size === 1 ? ([...variables][0] ?? null) : null,
    intervals: ranges.flatMap((range) => range?.intervals ?? []),
  }
}

function pointsOf(text: string): Ranges | null {
  const intervals = points(text)
  return intervals && { variable: null, intervals }
}

const named = (ranges: Ranges | null, variable: string): Ranges | null => ranges && { ...ranges, variable }

/** `x>1 and x<3`. */
function both(text: string): Ranges | null {
  const [first, second, ...more] = splitOutside(text, ['\\land', '\\cap']).map(single)
  const [a, b] = [first?.intervals[0], second?.intervals[0]]
  if (!first || !second || !a || !b || more.length > 0 || first.intervals.length + second.intervals.length > 2)
    return null
  const [lower, upper] = a.low !== '' ? [a, b] : [b, a]
  if (lower.high !== '' || upper.low !== '') return null
  return {
    variable: first.variable,
    intervals: [{ low: lower.low, isLowIn: lower.isLowIn, high: upper.high, isHighIn: upper.isHighIn }],
  }
}

/** Whether the spelling says that it is a set of numbers: `(1,2)` may be a point. */
export function isRange(text: string): boolean {
  const isHalfOpen = /^\[.*\)$|^\(.*\]$|^\].*[[\]]$|^\(.*\[$/s.test(text) && isWrappedLoosely(text)
  return (
    isHalfOpen ||
    RELATION.test(text) ||
    /\\cup|\\infty|\\mathbb\{R\}|\\emptyset|\\setminus|^all real/.test(text) ||
    EVERYTHING.test(text)
  )
}

const isWrappedLoosely = (text: string): boolean => isWrapped(piecesOf(`(${text.slice(1, -1)})`))

function numberOf(text: string): number | null {
  const formula = formulaOf(text)
  return formula && realValue(formula)
}

const lowOf = ({ low }: Interval): number | null => (low === '' ? -Infinity : numberOf(low))
const highOf = ({ high }: Interval): number | null => (high === '' ? Infinity : numberOf(high))

/** In order, without empty ones, joined where they touch; as they are if an end has no number. */
function merged(intervals: readonly Interval[]): readonly Interval[] {
  const ends = intervals.map((interval) => ({ interval, low: lowOf(interval), high: highOf(interval) }))
  if (ends.some(({ low, high }) => low === null || high === null)) return intervals
  const sorted = ends.filter(
    ({ low, high, interval }) => (low ?? 0) < (high ?? 0) || (low === high && interval.isLowIn),
  )
  sorted.sort((a, b) => (a.low ?? 0) - (b.low ?? 0) || Number(b.interval.isLowIn) - Number(a.interval.isLowIn))
  const result: Interval[] = []
  for (const { interval } of sorted) {
    const last = result.at(-1)
    if (!last || !touches(last, interval)) result.push(interval)
    else if ((highOf(interval) ?? 0) > (highOf(last) ?? 0))
      result[result.length - 1] = { ...last, high: interval.high, isHighIn: interval.isHighIn }
    else if (highOf(interval) === highOf(last))
      result[result.length - 1] = { ...last, isHighIn: last.isHighIn || interval.isHighIn }
  }
  return result
}

function touches(left: Interval, right: Interval): boolean {
  const [high, low] = [highOf(left) ?? 0, lowOf(right) ?? 0]
  return low < high || (low === high && (left.isHighIn || right.isLowIn))
}

function compareEnds(a: string, b: string, deadline: number): Comparison {
  if (a === '' || b === '') return a === b ? 'equal' : 'different'
  return compareFormulas(a, b, deadline)
}

function compareIntervals(a: Interval, b: Interval, deadline: number): Comparison {
  if (a.low !== '' && a.isLowIn !== b.isLowIn) return 'different'
  if (a.high !== '' && a.isHighIn !== b.isHighIn) return 'different'
  const low = compareEnds(a.low, b.low, deadline)
  return low === 'equal' ? compareEnds(a.high, b.high, deadline) : low
}

export function compareRanges(left: Ranges, right: Ranges, deadline: number): Comparison {
  if (left.variable !== null && right.variable !== null && left.variable !== right.variable) return 'different'
  const [a, b] = [merged(left.intervals), merged(right.intervals)]
  if (a.length !== b.length) return 'different'
  for (const [i, interval] of a.entries()) {
    const other = b[i]
    const outcome = other ? compareIntervals(interval, other, deadline) : 'different'
    if (outcome !== 'equal') return outcome
  }
  return 'equal'
}
