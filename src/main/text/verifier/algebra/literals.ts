/** Number literals of a formula: decimals, recurring decimals, mixed numbers, digits in another base. */
import { type Expression, number } from './expression'
import { NoFormula, type Reader } from './reader'

export function numberOf(text: string): Expression {
  const [whole = '', fraction = ''] = text.split('.')
  return number(BigInt(whole + fraction), 10n ** BigInt(fraction.length))
}

const isInteger = (text: string | undefined): boolean => /^\d+$/.test(text ?? '')

/** The numbers in the next tokens, which must match `pattern`: '#' stands for a whole number. */
function match(reader: Reader, pattern: readonly string[]): readonly bigint[] | null {
  const texts = pattern.map((_, i) => reader.peek(i)?.text)
  if (!pattern.every((part, i) => (part === '#' ? isInteger(texts[i]) : texts[i] === part))) return null
  return texts.filter(isInteger).map((text) => BigInt(text ?? 0))
}

const FRACTIONS = [
  ['frac', '{', '#', '}', '{', '#', '}'],
  ['#', '/', '#'],
]

/** `1\frac{1}{2}` and `11 5/6`. */
function mixed(whole: string, reader: Reader): Expression | null {
  for (const pattern of FRACTIONS) {
    const [top = 0n, bottom = 0n] = match(reader, pattern) ?? []
    if (bottom === 0n) continue
    for (const _ of pattern) reader.next()
    return number(BigInt(whole) * bottom + top, bottom)
  }
  return null
}

/** `0.1\overline{6}`: the recurring digits are divided by nines. */
function recurring(text: string, reader: Reader): Expression | null {
  const isBar = reader.isAt('command', 'overline') || reader.isAt('command', 'bar')
  const digits = reader.peek(2)?.text
  if (!isBar || !isInteger(digits) || reader.peek(1)?.text !== '{' || reader.peek(3)?.text !== '}') return null
  for (let i = 0; i < 4; i++) reader.next()
  const [whole = '', fraction = ''] = text.split('.')
  const nines = 10n ** BigInt(digits?.length ?? 1) - 1n
  const scale = 10n ** BigInt(fraction.length)
  return number(BigInt(whole + fraction) * nines + BigInt(digits ?? 0), nines * scale)
}

const MAX_BASE = 36

/** `1011_2`. */
function inBase(text: string, reader: Reader): Expression {
  const base = Number(reader.rawGroup())
  const digits = Array.from(text, (digit) => Number(digit))
  if (!(base >= 2 && base <= MAX_BASE) || digits.some((digit) => !(digit < base))) throw new NoFormula()
  return number(digits.reduce((value, digit) => value * BigInt(base) + BigInt(digit), 0n))
}

/** The number whose first token is `text`, including its further tokens. */
export function numberAt(text: string, reader: Reader): Expression {
  if (isInteger(text) && reader.take('mark', '_')) return inBase(text, reader)
  const special = isInteger(text) ? mixed(text, reader) : null
  if (special) return special
  if (reader.peek()?.kind === 'number') throw new NoFormula() // two numbers side by side
  // in `3.\overline{3}` the point is a separate token
  if (isInteger(text) && reader.isAt('mark', '.')) {
    reader.next()
    return recurring(text, reader) ?? numberOf(text)
  }
  return (text.includes('.') && recurring(text, reader)) || numberOf(text)
}
