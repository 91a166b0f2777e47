/** Compares two formulas by their spelling and their values. The deadline is on the clock of `performance.now()`. */
import { complexField, Undefined } from '../algebra/complex'
import { OutOfTime } from '../algebra/deadline'
import { exactValue } from '../algebra/exact'
import type { Expression } from '../algebra/expression'
import { compareExpressions } from '../algebra/identical'
import { evaluate } from '../algebra/numeric'
import { parseFormula } from '../algebra/parse'
import type { Comparison } from '../kind'
import { readNumeral } from '../number/numeral'
import { isWithin } from '../rational'
import { keyOf } from './normalise'

const ZERO = { n: 0n, d: 1n }
const REMEMBERED = 4096
const parsed = new Map<string, Expression | null>()

/** `1.234,5`: a numeral with the separators of another country, which formulas do not have. */
function numeral(text: string): Expression | null {
  const digits = /^-?[\d.,'’ ]+$/.test(text) ? readNumeral(text.replace('-', '').trim()) : null
  if (!digits || !/[,'’ ]/.test(text)) return null
  const { n, d } = digits.value
  return { kind: 'number', value: { n: text.startsWith('-') ? -n : n, d } }
}

export function formulaOf(text: string): Expression | null {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const formula = numeral(text.replaceAll('{,}', ',')) ?? parseFormula(text)
  if (parsed.size >= REMEMBERED) parsed.clear()
  parsed.set(text, formula)
  return formula
}

export function compareFormulas(left: string, right: string, deadline: number): Comparison {
  const [a, b] = [formulaOf(left), formulaOf(right)]
  if (!a || !b) return keyOf(left) === keyOf(right) ? 'equal' : 'different'
  const [x, y] = [exactValue(a), exactValue(b)]
  if (x && y) return isWithin(x, y, ZERO) ? 'equal' : 'different'
  const outcome = compareExpressions(a, b, deadline)
  return outcome === 'different' && keyOf(left) === keyOf(right) && !isUndefined(a) ? 'equal' : outcome
}

/** Equal spellings are equal too, unless the value does not exist. */
const isUndefined = (formula: Expression): boolean =>
  !(formula.kind === 'symbol') && realValue(formula) === null && isConstant(formula)

function isConstant(formula: Expression): boolean {
  if (formula.kind === 'symbol') return false
  return formula.kind !== 'apply' || formula.args.every(isConstant)
}

const MAX_TIME = 1000
const IMAGINARY = 1e-20

/** For ordering the ends of intervals; null without a real value. */
export function realValue(formula: Expression): number | null {
  try {
    const field = complexField(40)
    const { re, im } = evaluate(formula, { field, variables: new Map(), deadline: performance.now() + MAX_TIME })
    return im.abs().lte(re.abs().mul(IMAGINARY)) ? re.toNumber() : null
  } catch (error) {
    if (error instanceof Undefined || error instanceof OutOfTime) return null
    if (error instanceof Error && error.message.startsWith('[DecimalError]')) return null
    throw error
  }
}
