/**
 * Digits with separators, as written in different countries: `1,234.5`, `1.234,5`, `1 234,5`, `1’234.5`, `12,34,567`, `1_000`. A comma is a
 * decimal comma only if nothing else is possible. If two readings are possible, as in `1,234` and `1.234`, the English one is used and the other
 * one reported.
 */
import type { Rational } from '../rational'

export interface Numeral {
  readonly value: Rational
  /** A second reading. */
  readonly note?: string
}

/** Longer ones are slow and not answers. */
const MAX_DIGITS = 400

const SPACE = String.raw`[ \u00A0\u2009\u202F]`
const POINT = /^(\d*)\.(\d+)$/
const COMMAS = /^(\d{1,3}(?:,\d{3})+)(?:\.(\d+))?$/
const LAKHS = /^(\d{1,2}(?:,\d{2})+,\d{3})(?:\.(\d+))?$/
const POINTS = /^(\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:\.\d{3})+(?=,))(?:,(\d+))?$/
const GAPS = new RegExp(String.raw`^(\d{1,3}(?:(?:${SPACE}|['’_])\d{3})+)(?:[.,](\d+))?$`)
const DECIMAL_COMMA = /^(\d+),(\d+)$/
const GROUPED = [COMMAS, LAKHS, POINTS, GAPS]

function fractionOf(whole: string, fraction: string): Rational | null {
  const digits = whole.replace(/\D/g, '')
  if (digits.length + fraction.length > MAX_DIGITS) return null
  return { n: BigInt(digits + fraction || 0), d: 10n ** BigInt(fraction.length) }
}

function numeral(whole: string, fraction: string, note?: string): Numeral | null {
  const value = fractionOf(whole, fraction)
  return value && (note === undefined ? { value } : { value, note })
}

const isOneGroup = (text: string, separator: string): boolean =>
  text.split(separator).length === 2 && /^[1-9]\d{0,2}.\d{3}$/.test(text)

function noteOn(text: string): string | undefined {
  const [comma, point] = [isOneGroup(text, ','), isOneGroup(text, '.')]
  if (comma)
    return `${text} is read as ${text.replace(',', '')}; with a decimal comma it would be ${text.replace(',', '.')}`
  return point
    ? `${text} is read as a decimal fraction; with points between thousands it would be ${text.replace('.', '')}`
    : undefined
}

/** Null for anything that is not a numeral, such as `1,23,4`. `text`: digits and separators. */
export function readNumeral(text: string): Numeral | null {
  if (/^\d+$/.test(text)) return numeral(text, '')
  const point = POINT.exec(text)
  if (point) return numeral(point[1] ?? '', point[2] ?? '', noteOn(text))
  const startsWithZero = /^0,/.test(text)
  const group = startsWithZero ? null : GROUPED.map((pattern) => pattern.exec(text)).find((match) => match !== null)
  if (group) return numeral(group[1] ?? '', group[2] ?? '', noteOn(text))
  const comma = DECIMAL_COMMA.exec(text)
  return comma ? numeral(comma[1] ?? '', comma[2] ?? '') : null
}
