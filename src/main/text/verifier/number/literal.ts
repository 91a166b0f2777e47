/** Parses numbers with sign, currency, fraction, power of ten or percent to exact fractions. */
import type { Rational } from '../rational'
import { type Numeral, readNumeral } from './numeral'

/** A number found in a text. */
export interface Literal {
  readonly text: string
  readonly value: Rational
  readonly isPercent: boolean
  /** A second reading. */
  readonly note?: string
}

const MAX_POWER = 400

const GAP = '[ \\t]{0,3}'
const NUMERAL = String.raw`(?:\d{1,3}(?:[ \u00A0\u2009\u202F'’_]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)*|\.\d+)`
const CURRENCY = String.raw`(?:(?:US|CA|AU|NZ|HK|S|R|C|A)?[$€£¥₹₽₩₺₴₦₱฿¢]|(?:USD|EUR|GBP|INR|Rs\.?|CHF)(?=[\s\d]))`
const SIGN = String.raw`(?:(?<![\w)}\]])[-+])?`
const POWER = String.raw`(?:[eE][+-]?\d+(?![\w.])|${GAP}(?:\\times|\\cdot|×|·|\*|[xX])${GAP}10${GAP}\^${GAP}(?:\{${GAP}[+-]?\d+${GAP}\}|[+-]?\d+))`
const PART = String.raw`(?:\{${GAP}-?${NUMERAL}${GAP}\}|\d)`
const FRACTION = String.raw`\\frac${GAP}(?<top>${PART})${GAP}(?<bottom>${PART})`
const RATIO = String.raw`(?<numerator>${NUMERAL})(?<power>${POWER})?(?:${GAP}\/${GAP}(?<denominator>${NUMERAL})(?![\w\/]))?`
const WHOLE = String.raw`(?:(?<whole>\d+)(?:${GAP}(?=\\frac)|[ \t]{1,3}(?:and )?(?=\d+\/\d)))?`

/** One number anywhere in a text. */
export const NUMBER = `(?<sign>${SIGN}(?:${CURRENCY}${GAP}${SIGN})?)${WHOLE}(?:${FRACTION}|${RATIO})(?<percent>${GAP}%)?`

function quotient(a: Rational | null, b: Rational | null): Rational | null {
  if (!a || !b || b.n === 0n) return null
  const n = a.n * b.d
  const d = a.d * b.n
  return d < 0n ? { n: -n, d: -d } : { n, d }
}

/** A fraction's part: `{3}`, `{-3}` or `3`. */
function part(text: string): Numeral | null {
  const digits = text.replace(/^\{[ \t]*|[ \t]*\}$/g, '')
  const numeral = readNumeral(digits.replace('-', ''))
  return numeral && digits.startsWith('-')
    ? { ...numeral, value: { n: -numeral.value.n, d: numeral.value.d } }
    : numeral
}

function scaled(value: Rational | null, power: string | undefined): Rational | null {
  if (!value || !power) return value
  const exponent = Number(/[+-]?\d+(?=[ \t]*\}?$)/.exec(power)?.[0])
  if (!(Math.abs(exponent) <= MAX_POWER)) return null
  return exponent < 0
    ? { n: value.n, d: value.d * 10n ** BigInt(-exponent) }
    : { n: value.n * 10n ** BigInt(exponent), d: value.d }
}

/** The value of a match of `NUMBER`; null if it has none, as in `1,2,3` or `1/0`. */
export function literalOf(match: RegExpExecArray): Literal | null {
  const { sign = '', whole, top, bottom, numerator = '', power, denominator, percent } = match.groups ?? {}
  const upper = top ? part(top) : readNumeral(numerator)
  const lower = bottom ?? denominator
  const scaledUpper = scaled(upper?.value ?? null, power)
  const absolute = lower ? quotient(scaledUpper, part(lower)?.value ?? null) : scaledUpper
  const extra = whole ? readNumeral(whole)?.value : { n: 0n, d: 1n }
  if (!absolute || !extra) return null
  const n = absolute.n + extra.n * absolute.d
  const value = { n: sign.includes('-') ? -n : n, d: absolute.d }
  const literal = { text: match[0].trim(), value, isPercent: percent !== undefined }
  return upper?.note ? { ...literal, note: upper.note } : literal
}
