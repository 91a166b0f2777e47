/**
 * Converts values of untrusted records to the strings that the trainer uses. A value that cannot be used throws BadValue, whose message is the
 * reason.
 */
import { nameOfType } from './read/record'

/** The reason why a row is bad. Caught where the row is read; never leaves this folder. */
export class BadValue extends Error {}

/** A record with its values by role. */
export interface RowView {
  readonly has: (name: string) => boolean
  /** Undefined if the row does not have it. */
  readonly get: (name: string) => unknown
  /** The columns of one role, with their names in the file. */
  readonly each: (name: string) => readonly { readonly column: string; readonly value: unknown }[]
}

const UNUSABLE = /\0|\p{Surrogate}/u

/** A text, or a number or boolean as one. Integers are exact. */
export function asText(value: unknown, column: string): string {
  if (typeof value === 'string') return checkText(value, column)
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) {
    return Number.isInteger(value) ? wholeDigits(value) : String(value)
  }
  if (value instanceof Uint8Array) throw new BadValue(`column "${column}" is not valid UTF-8`)
  throw new BadValue(`column "${column}" is ${describeValue(value)}, not a text`)
}

/** A whole number's shortest decimal without an exponent: 3.4e38 is 34 and 37 zeros. */
function wholeDigits(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e+')
  if (exponent === undefined) return mantissa
  const [whole = '', fraction = ''] = mantissa.split('.')
  return `${whole}${fraction.padEnd(Number(exponent), '0')}`
}

function describeValue(value: unknown): string {
  return typeof value === 'number' ? String(value) : nameOfType(value)
}

function checkText(text: string, column: string): string {
  if (!UNUSABLE.test(text)) return text
  throw new BadValue(`column "${column}" has a NUL character or half a surrogate pair`)
}

/** True for a missing value or one without content. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'string') return value.trim() === ''
  return Array.isArray(value) && value.length === 0
}

/** True if empty, or a text such as `[]`, `{}`, `null` or `None`. */
export function saysNothing(value: unknown): boolean {
  return isEmpty(value) || (typeof value === 'string' && /^\s*(\[\s*\]|\{\s*\}|null|None)\s*$/.test(value))
}

export function requireText(view: RowView, name: string): string {
  if (!view.has(name)) throw new BadValue(`column "${name}" is missing`)
  return asText(view.get(name), name)
}

/** A text that is not empty. */
export function requireFilled(view: RowView, name: string): string {
  const text = requireText(view, name)
  if (text.trim() === '') throw new BadValue(`column "${name}" is empty`)
  return text
}

/** True or false in the usual spellings; undefined for anything else. */
export function labelOf(value: unknown): boolean | undefined {
  const text = String(value).trim().toLowerCase()
  if (['true', '1', 'yes'].includes(text)) return true
  return ['false', '0', '-1', 'no'].includes(text) ? false : undefined
}

export function requireLabel(view: RowView, name: string): boolean {
  const text = requireText(view, name).trim()
  const label = labelOf(text)
  if (label !== undefined) return label
  throw new BadValue(`column "${name}" is "${text.slice(0, 40)}", neither true nor false`)
}
