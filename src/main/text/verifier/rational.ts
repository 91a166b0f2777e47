/** Numbers as people and models write them, read into exact fractions. Knows no markers and no sentences' meaning. */

export interface Rational {
  readonly n: bigint
  /** Positive. */
  readonly d: bigint
}

/** A number found in a text. */
export interface Literal {
  readonly text: string
  readonly value: Rational
  readonly isPercent: boolean
}

/** Digits of a number, and powers of ten, beyond this are not read: they cost time and are no answers. */
const MAX_DIGITS = 400

const GAP = '[ \\t]{0,3}'
const DECIMAL = String.raw`(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)`
const POWER = String.raw`(?:[eE][+-]?\d+|${GAP}(?:\\times|\\cdot|×|\*)${GAP}10${GAP}\^${GAP}(?:\{[+-]?\d+\}|[+-]?\d+))`
const PART = String.raw`(?:\{${GAP}-?${DECIMAL}${GAP}\}|\d)`
const FRACTION = String.raw`\\[dtc]?frac${GAP}(?<top>${PART})${GAP}(?<bottom>${PART})`
const RATIO = String.raw`(?<numerator>${DECIMAL})(?<power>${POWER})?(?:${GAP}\/${GAP}(?<denominator>${DECIMAL}))?`
const WHOLE = String.raw`(?:(?<whole>\d+)(?:${GAP}(?=\\[dtc]?frac)|[ \t]{1,3}(?=\d+\/\d)))?`
const SIGN = String.raw`(?:(?<![\w)}\]])[-+])?`
const NUMBER = `(?<sign>${SIGN}(?:[$€£¥₹]${GAP}${SIGN})?)${WHOLE}(?:${FRACTION}|${RATIO})(?<percent>${GAP}%)?`

/** LaTeX and typographic spellings of signs and separators: `1{,}000`, `1\,000`, `\$5`, `−5`. */
function plain(text: string): string {
  if (!/[\\−–]/.test(text) && !text.includes('{,}')) return text
  return text
    .replace(/\\[,!;: ]/g, '')
    .replaceAll('{,}', ',')
    .replace(/\\([$%])/g, '$1')
    .replace(/[−–](?=[\d.$\\])/g, '-')
}

function decimal(text: string): Rational | null {
  const [whole = '', fraction = ''] = text.replaceAll(',', '').split('.')
  if (whole.length + fraction.length > MAX_DIGITS) return null
  return { n: BigInt(whole + fraction), d: 10n ** BigInt(fraction.length) }
}

/** A fraction's part: `{3}`, `{-3}` or `3`. */
function part(text: string): Rational | null {
  const digits = text.replace(/[{}\s]/g, '')
  const value = decimal(digits.replace('-', ''))
  return value && digits.startsWith('-') ? { n: -value.n, d: value.d } : value
}

function quotient(a: Rational | null, b: Rational | null): Rational | null {
  if (!a || !b || b.n === 0n) return null
  const n = a.n * b.d
  const d = a.d * b.n
  return d < 0n ? { n: -n, d: -d } : { n, d }
}

function scaled(value: Rational | null, power: string | undefined): Rational | null {
  if (!value || !power) return value
  const exponent = Number(/[+-]?\d+\}?$/.exec(power)?.[0].replace('}', ''))
  if (Math.abs(exponent) > MAX_DIGITS) return null
  return exponent < 0
    ? { n: value.n, d: value.d * 10n ** BigInt(-exponent) }
    : { n: value.n * 10n ** BigInt(exponent), d: value.d }
}

function numberOf(groups: Readonly<Record<string, string | undefined>>): Rational | null {
  const { sign = '', whole, top, bottom, numerator, power, denominator } = groups
  const upper = top ? part(top) : scaled(decimal(numerator ?? ''), power)
  const lower = bottom ?? denominator
  const absolute = lower ? quotient(upper, part(lower)) : upper
  const extra = whole ? decimal(whole) : { n: 0n, d: 1n }
  if (!absolute || !extra) return null
  const n = absolute.n + extra.n * absolute.d
  return { n: sign.includes('-') ? -n : n, d: absolute.d }
}

function literal(match: RegExpExecArray): Literal | null {
  const groups = match.groups ?? {}
  const value = numberOf(groups)
  return value && { text: match[0].trim(), value, isPercent: groups.percent !== undefined }
}

const FIRST = new RegExp(NUMBER)
const EVERY = new RegExp(NUMBER, 'g')
const WHOLE_TEXT = new RegExp(`^\\s*${NUMBER}\\s*$`)

/** The first number of a line and what stands before it; null if there is none that can be read. */
export function firstNumber(line: string): { readonly before: string; readonly number: Literal } | null {
  const text = plain(line)
  const match = FIRST.exec(text)
  const number = match && literal(match)
  return match && number && { before: text.slice(0, match.index), number }
}

/** The number a text consists of; null if it is anything else. */
export function wholeNumber(text: string): Literal | null {
  const match = WHOLE_TEXT.exec(plain(text))
  return match && literal(match)
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** The last number of a text, which lies in the last line with a digit; null if there is none or it cannot be read. */
export function lastNumber(text: string): Literal | null {
  let end = text.length - 1
  while (end >= 0 && !isDigit(text.charCodeAt(end))) end--
  if (end < 0) return null
  const newline = text.indexOf('\n', end)
  const line = plain(text.slice(text.lastIndexOf('\n', end) + 1, newline < 0 ? undefined : newline))
  let last: RegExpExecArray | null = null
  for (const match of line.matchAll(EVERY)) last = match
  return last && literal(last)
}

const magnitude = (n: bigint): bigint => (n < 0n ? -n : n)

/** Whether two numbers differ by `tolerance` at most, exactly. */
export function isWithin(a: Rational, b: Rational, tolerance: Rational): boolean {
  if (tolerance.n === 0n) return a.n * b.d === b.n * a.d
  return magnitude(a.n * b.d - b.n * a.d) * tolerance.d <= tolerance.n * a.d * b.d
}
