/**
 * Whether two formulas have the same value for all values of their variables. Rational functions are compared exactly (`modular.ts`). Others are
 * tried out at many points, at two precisions: if two formulas are equal, their difference is rounding error, which shrinks with the precision;
 * if they are not, it remains. So neither cancellation nor very different magnitudes are mistaken for equality. A point where either is undefined
 * (or not real, unless a formula has an i), or where a term is lost in a sum, is ignored; formulas that are nowhere both defined are not equal.
 */
import type { Decimal } from 'decimal.js'
import { type Complex, complexField, type Field, Undefined } from './complex'
import { OutOfTime } from './deadline'
import { type Expression, someOf } from './expression'
import { FIELDS, modularValue } from './modular'
import { evaluate } from './numeric'
import { type Sample, samplesOf } from './samples'

export type Identity = 'equal' | 'different' | 'timeout'

const MODULAR_POINTS = 4
const MODULAR_TRIES = 12
const DIGITS = 50
const MAX_DIGITS = 900
/** Number of points with both values defined that suffices; with fewer than `FEWEST`, formulas are not equal. */
const ENOUGH = 8
const FEWEST = 4

/** Null if either is not rational. */
function compareRational(a: Expression, b: Expression, deadline: number): Identity | null {
  let agreed = 0
  for (let seed = 0; seed < MODULAR_TRIES && agreed < MODULAR_POINTS; seed++) {
    const field = FIELDS[seed % FIELDS.length] ?? FIELDS[0]
    if (!field) return null
    const [x, y] = [modularValue(a, { field, seed, deadline }), modularValue(b, { field, seed, deadline })]
    if (x === null || y === null) return null
    if (x !== y) return 'different'
    agreed++
  }
  return 'equal'
}

const fields = new Map<number, Field>()
function fieldOf(digits: number): Field {
  const known = fields.get(digits) ?? complexField(digits)
  if (fields.size > 16) fields.clear()
  fields.set(digits, known)
  return known
}

/** Digits needed for the powers of ten in the formulas: `\pi+10^{-80}` is not `\pi`. */
function extraDigits(expressions: readonly Expression[]): number {
  let digits = 0
  const count = (part: Expression): boolean => {
    if (part.kind === 'number') digits += part.value.n.toString().length + part.value.d.toString().length - 2
    const exponent = part.kind === 'apply' && part.name === 'power' ? part.args[1] : undefined
    const size = exponent?.kind === 'apply' && exponent.name === 'negate' ? exponent.args[0] : exponent
    if (size?.kind === 'number' && size.value.d === 1n) digits += Number(size.value.n)
    return false
  }
  for (const expression of expressions) someOf(expression, count)
  return Math.min(digits, MAX_DIGITS)
}

const isNearlyReal = (value: Complex, field: Field): boolean =>
  value.im.abs().lte(field.absolute(value).mul(field.D.pow(10, -DIGITS / 2)))

interface Question {
  readonly a: Expression
  readonly b: Expression
  readonly isComplex: boolean
  readonly deadline: number
}

/** The size of the difference at a point; null where either is undefined or has lost a term. */
function differenceAt({ a, b, isComplex, deadline }: Question, sample: Sample, digits: number): Decimal | null {
  const field = fieldOf(digits)
  const variables = new Map(Array.from(sample, ([name, { n, d }]) => [name, new field.D(n).div(d)]))
  field.lost.isLost = false
  try {
    const [x, y] = [evaluate(a, { field, variables, deadline }), evaluate(b, { field, variables, deadline })]
    if (field.lost.isLost) return null
    if (!isComplex && !(isNearlyReal(x, field) && isNearlyReal(y, field))) return null
    return field.absolute(field.subtract(x, y))
  } catch (error) {
    if (error instanceof OutOfTime) throw error
    if (error instanceof Undefined || isDecimalError(error)) return null
    throw error
  }
}

/** decimal.js throws this for angles whose digits exceed its π. */
const isDecimalError = (error: unknown): boolean => error instanceof Error && error.message.startsWith('[DecimalError]')

const SHRINKS = '1e-30'
const STAYS = '1e-3'

/** Equal if the difference shrinks with the precision, different if it remains; null if neither. */
function isRounding(rough: Decimal, fine: Decimal): boolean | null {
  if (fine.lte(rough.mul(SHRINKS))) return true
  return fine.sub(rough).abs().lte(rough.mul(STAYS)) ? false : null
}

function isEqualAt(question: Question, sample: Sample, digits: number): boolean | null {
  const [rough, fine] = [differenceAt(question, sample, digits), differenceAt(question, sample, 2 * digits)]
  if (!rough || !fine) return null
  if (fine.isZero() || !rough.isZero()) return isRounding(rough, fine)
  const finest = differenceAt(question, sample, 3 * digits) // the rough values are equal by chance
  return finest && isRounding(fine, finest)
}

function compareAtPoints(question: Question, names: readonly string[], digits: number): Identity {
  for (const samples of samplesOf(names)) {
    let agreed = 0
    for (const sample of samples) {
      const isEqual = isEqualAt(question, sample, digits)
      if (isEqual === false) return 'different'
      if (isEqual && ++agreed === ENOUGH) return 'equal'
    }
    if (agreed >= Math.min(FEWEST, samples.length)) return 'equal'
  }
  return 'different'
}

function namesOf(expressions: readonly Expression[]): string[] {
  const names = new Set<string>()
  const add = (part: Expression): boolean => {
    if (part.kind === 'symbol') names.add(part.name)
    return false
  }
  for (const expression of expressions) someOf(expression, add)
  return [...names].sort()
}

/** `deadline`: on the clock of `performance.now()`. */
export function compareExpressions(a: Expression, b: Expression, deadline: number): Identity {
  try {
    const rational = compareRational(a, b, deadline)
    if (rational) return rational
    const isComplex = [a, b].some((side) => someOf(side, (part) => part.kind === 'constant' && part.name === 'i'))
    const digits = Math.min(DIGITS + extraDigits([a, b]), MAX_DIGITS / 3 + DIGITS)
    return compareAtPoints({ a, b, isComplex, deadline }, namesOf([a, b]), digits)
  } catch (error) {
    if (error instanceof OutOfTime) return 'timeout'
    throw error
  }
}
