/**
 * Parses LaTeX, and formulas typed without it, to expressions. Multiplication may be left out; `1/2x` is read from left to right; `1\frac12` and
 * `11 5/6` are mixed numbers. A text with anything unknown is not a formula: nothing is left out or guessed.
 */
import { atom } from './atoms'
import { apply, type Expression, number } from './expression'
import { startsAtom } from './names'
import { type Grammar, NoFormula, Reader } from './reader'
import { tokensOf } from './tokens'

function sum(reader: Reader): Expression {
  return reader.nested(() => {
    let left = product(reader)
    for (;;) {
      if (reader.take('mark', '+')) left = apply('add', left, product(reader))
      else if (reader.take('mark', '-')) left = apply('add', left, apply('negate', product(reader)))
      else return left
    }
  })
}

const isTimes = (reader: Reader): boolean =>
  reader.take('mark', '*') || reader.take('command', 'cdot') || reader.take('command', 'times')
const isDivision = (reader: Reader): boolean => reader.take('mark', '/') || reader.take('command', 'div')

function product(reader: Reader): Expression {
  let left = unary(reader)
  for (;;) {
    if (isTimes(reader)) left = apply('multiply', left, unary(reader))
    else if (isDivision(reader)) left = apply('divide', left, unary(reader))
    else if (reader.take('command', 'bmod')) left = apply('mod', left, unary(reader))
    else if (startsAtom(reader)) left = apply('multiply', left, power(reader))
    else return left
    // two adjacent numbers are not a product
    if (reader.peek()?.kind === 'number' && left.kind === 'number') throw new NoFormula()
  }
}

function unary(reader: Reader): Expression {
  if (reader.take('mark', '-'))
    return apply(
      'negate',
      reader.nested(() => unary(reader)),
    )
  if (reader.take('mark', '+')) return reader.nested(() => unary(reader))
  return power(reader)
}

const HALF_TURN = number(180n)
const HUNDRED = number(100n)

function exponent(reader: Reader): Expression {
  const isSigned = reader.take('mark', '-')
  const isBraced = reader.isAt('mark', '{')
  const value = reader.nested(() => (isBraced ? atom(reader, grammar) : atom(reader, grammar, { isScript: true })))
  return isSigned ? apply('negate', value) : value
}

/** `^\circ` and `^{\circ}`. */
function takeDegrees(reader: Reader): boolean {
  if (reader.take('command', 'circ')) return true
  const [brace, circle, end] = [reader.peek(), reader.peek(1), reader.peek(2)]
  if (brace?.text !== '{' || circle?.text !== 'circ' || end?.text !== '}') return false
  for (let i = 0; i < 3; i++) reader.next()
  return true
}

function power(reader: Reader): Expression {
  let base = atom(reader, grammar)
  for (;;) {
    if (reader.take('mark', '^'))
      base = takeDegrees(reader)
        ? apply('divide', apply('multiply', base, { kind: 'constant', name: 'pi' }), HALF_TURN)
        : apply('power', base, exponent(reader))
    else if (reader.take('mark', '!')) base = apply('factorial', base)
    else if (reader.take('mark', '%') || reader.take('command', '%')) base = apply('divide', base, HUNDRED)
    else return base
  }
}

const grammar: Grammar = { sum, product, unary, power }

/** Null for a text that is not a formula. Linear time. */
export function parseFormula(text: string): Expression | null {
  const reader = new Reader(tokensOf(text))
  try {
    const formula = sum(reader)
    return reader.peek() ? null : formula
  } catch (error) {
    if (error instanceof NoFormula || error instanceof RangeError) return null // RangeError: stack overflow
    throw error
  }
}
