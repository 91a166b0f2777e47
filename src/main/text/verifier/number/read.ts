/** Finds numbers in a text: one that is the whole text, one at its beginning, or its last one. */
import { exactValue } from '../algebra/exact'
import type { Expression } from '../algebra/expression'
import { parseFormula } from '../algebra/parse'
import { type Literal, literalOf, NUMBER } from './literal'
import { spelled } from './spelling'

const MAX_READ = 1200

const AT_START = new RegExp(`^${NUMBER}`)
const EVERY = new RegExp(NUMBER, 'g')

/** Characters around a number that are not part of it. */
const BEFORE =
  /^(?:[\s*_"“”'`~≈>]|\\approx(?![a-z])|\$\$?(?=\s*[\\-]|\$)|\\[([](?!\w)|(?:approximately|approx\.?|about|around|roughly|nearly|exactly|almost|only|just|a total of|a|an)\s(?=[^\n]*\d))+/i
const WRAPPED =
  /\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mbox|bf|rm|operatorname)\s?\{([^{}]*)\}|\{\\(?:bf|rm|it)\s([^{}]*)\}/g

function plain(text: string): string {
  const inner = text.trim().replace(/^(?:\$\$?|\\\(|\\\[)\s?([^$]*?)\s?(?:\$\$?|\\\)|\\\])(?=[\s.,;:!*]*$)/, '$1')
  const unwrapped = inner.replace(WRAPPED, (_, a, b) => ` ${a ?? b} `).replace(/\s+\^/g, '^')
  return spelled(unwrapped.trim()).replace(BEFORE, '').trim()
}

/** Units and words after a number; `isStrict`: without further numbers. A factor, another item or a power is not a unit. */
const UNIT = String.raw`(?:[\s.,;:!*_"”'’)\]}]|\$|\\\)|\\\]|[€£¥₹]|%|°|\^\s?\{?\\circ\}?)*`
/** A word ends where its letters end, and what is between words has one reading: otherwise a long remark could be split in 2ⁿ ways. */
const WORDS = String.raw`(?:(?![xX×]\s?\d|(?:or|and|to|oder|und|et|ou|y|o|by|plus|minus|times|divided|over)\s+[-+$\\]*\d)[\\\s,.;:!*_"'’()\/·-]*[\p{L}°%]+(?![\p{L}°%])(?:\^\s?\{?-?\d\}?|\d(?!\d))?)*`
const STRICT_REST = new RegExp(`^${UNIT}${WORDS}${UNIT}$`, 'u')
const LOOSE_REST = /^(?:[\s*_"”'’)\]}.]*$|[*_"”'’.)]*\s?[;,:!–—-]?\s*(?:\p{L}{2,}|[(（])|\s*[=°%]|[.!]\s|\$)/u
const CONTINUES =
  /^\s*(?:[,;]?\s*(?:or|and|to|oder|und|et|ou|y|o|through|by|plus|minus|times|divided by|over)\s+[-+$\\]*\d|[,:;–-]\s?[-+]?\d|[√π∞]|\\(?:pi|sqrt|cdot|times)(?![a-z])|[xX×*/+]\s?\d|\^|[a-df-z](?![\p{L}\d.'’])|[ei](?![\p{L}.])(?=[\s$.)]*$)|!)/u

/** The factor of a magnitude word after a number. */
const MAGNITUDES: readonly (readonly [RegExp, bigint])[] = [
  [/^\s?(?:hundred)(?![\p{L}])/iu, 100n],
  [/^\s?(?:thousand|tausend|mille|mil)(?![\p{L}])/iu, 1000n],
  [/^\s?(?:million|millions|millionen|millones|milhões|mio\.?)(?![\p{L}])/iu, 10n ** 6n],
  [/^\s?(?:billion|billions|milliarden)(?![\p{L}])/iu, 10n ** 9n],
  [/^\s?(?:trillion|trillions)(?![\p{L}])/iu, 10n ** 12n],
  [/^\s?(?:dozen|dozens)(?![\p{L}])/iu, 12n],
  [/^\s?(?:lakhs?)(?![\p{L}])/iu, 10n ** 5n],
  [/^\s?(?:crores?)(?![\p{L}])/iu, 10n ** 7n],
  [/^万/u, 10n ** 4n],
  [/^亿/u, 10n ** 8n],
]

interface Read {
  readonly literal: Literal
  readonly rest: string
}

function multiplied({ literal, rest }: Read): Read {
  for (const [pattern, factor] of MAGNITUDES) {
    const word = pattern.exec(rest)?.[0]
    if (word === undefined) continue
    const value = { n: literal.value.n * factor, d: literal.value.d }
    const { note: _, ...certain } = literal
    return { literal: { ...certain, value, text: literal.text + word }, rest: rest.slice(word.length) }
  }
  return { literal, rest }
}

function readAtStart(text: string): Read | null {
  const match = AT_START.exec(text)
  const literal = match && literalOf(match)
  return match && literal && multiplied({ literal, rest: text.slice(match[0].length) })
}

const isSum = (expression: Expression): boolean => expression.kind === 'apply' && expression.name === 'add'

/** `10^6`, `\sqrt{16}`, `6*7`: formulas whose value is a fraction. Sums are not computed: `3-5` may be a range. */
function calculated(text: string): Literal | null {
  const formula =
    /^[\d\\({|√-]/.test(text) && !/[,:;=]/.test(text) ? parseFormula(text.replace(/√\s?(\d+)/g, '\\sqrt{$1}')) : null
  if (!formula || isSum(formula)) return null
  const value = exactValue(formula)
  return value && { text, value, isPercent: false }
}

const withoutEnd = (text: string): string => text.replace(/[\s.,;:!*_"”'’`]+$/, '')

/** In `18 (where x = 4)`, the equation is not the answer. */
const isAside = (side: string): boolean =>
  side.split('(').length !== side.split(')').length || /^[^\p{L}]*\d[^\p{L}]*\p{L}{2}/u.test(side)

/** `x = 18`, `10 + 8 = 18`, `42 = 6*7`: the side that is a number. */
function sideWithNumber(text: string, read: (side: string) => Literal | null): Literal | null {
  const sides = text.split(/=|≈|\\approx(?![a-z])/)
  if (sides.length < 2 || isAside(sides[0] ?? '')) return null
  return read(sides.at(-1) ?? '') ?? read(sides[0] ?? '')
}

/** The number a text consists of, with units; null if it is anything else, such as `2\sqrt3` or `3, 5`. */
export function wholeNumber(text: string): Literal | null {
  if (text.length > MAX_READ) return null
  const bare = plain(text)
  const start = readAtStart(bare)
  if (start && !CONTINUES.test(start.rest) && STRICT_REST.test(start.rest)) return start.literal
  const value = calculated(withoutEnd(bare))
  return value ?? sideWithNumber(bare, wholeNumber)
}

export type Leading = Literal | 'other' | null

/** The number a statement begins with: 'other' if it begins with a number that is part of something else, null if with no number. */
export function leadingNumber(text: string): Leading {
  const bare = plain(text.slice(0, MAX_READ))
  const whole = wholeNumber(text)
  if (whole) return whole
  const equation = /^[^=\n]{0,80}[=≈]\s*([^=\n]*)$/.exec(bare)
  const start = readAtStart(equation && !readAtStart(bare) ? (equation[1] ?? '') : bare)
  if (start && !CONTINUES.test(start.rest) && LOOSE_REST.test(start.rest)) return sumAfter(bare, start)
  return start || /^[-√\\(]?\s?\d/.test(bare) ? 'other' : null
}

/** `6*7 = 42`: what is calculated, not the first term. */
function sumAfter(bare: string, start: Read): Leading {
  const result = /^[^=\p{L}]*[+*/×·-][^=\p{L}]*=\s*(.*)$/u.exec(bare)?.[1]
  return result === undefined ? start.literal : (readAtStart(result)?.literal ?? 'other')
}

/** Digits in a word, an exponent, a unit's power or an index are not numbers. */
const isInside = (text: string, at: number): boolean =>
  /(?:[\p{L}_^\\]|\^\{-?)$/u.test(text.slice(Math.max(0, at - 3), at).replace(/\\[,;! ]$/, ''))

/** The last number of a text: 'other' if it is part of something else, as in `2√3`; null if there is none. */
export function lastNumber(text: string): Leading {
  const line = spelled(text.slice(-MAX_READ))
  let last: { readonly literal: Literal | null; readonly rest: string } | null = null
  for (const match of line.matchAll(EVERY)) {
    if (isInside(line, match.index)) continue
    last = { literal: literalOf(match), rest: line.slice(match.index + match[0].length) }
  }
  if (!last) return null
  if (!last.literal || /^\s*(?:[√π^]|\\(?:pi|sqrt)|[a-z](?=[\s.,;)]*$))/.test(last.rest)) return 'other'
  return multiplied({ literal: last.literal, rest: last.rest }).literal
}
