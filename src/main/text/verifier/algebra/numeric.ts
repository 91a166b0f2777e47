/** Values of formulas in complex decimals. A value that does not exist, or is too large or small, is undefined. */
import type { Decimal } from 'decimal.js'
import { type Complex, type Field, Undefined } from './complex'
import { checkTime } from './deadline'
import type { Expression } from './expression'

export interface Place {
  readonly field: Field
  readonly variables: ReadonlyMap<string, Decimal>
  readonly deadline: number
}

type Operation = (field: Field, args: readonly Complex[]) => Complex

const MAX_TERMS = 2000
const MAX_FACTORIAL = 500

function first(args: readonly Complex[]): Complex {
  if (!args[0]) throw new Undefined()
  return args[0]
}
function second(args: readonly Complex[]): Complex {
  if (!args[1]) throw new Undefined()
  return args[1]
}

function real(field: Field, value: Complex): Decimal {
  if (!field.isReal(value)) throw new Undefined()
  return value.re
}

/** A whole number from 0 to `max`, also up to rounding error. */
function whole(field: Field, value: Complex, max: number): number {
  const exact = real(field, value)
  const rounded = exact.round()
  if (exact.sub(rounded).abs().gt(1e-30) || rounded.lt(0) || rounded.gt(max)) throw new Undefined()
  return rounded.toNumber()
}

const onReals =
  (f: (x: Decimal) => Decimal): Operation =>
  (field, args) =>
    field.complex(f(real(field, first(args))))

/** Rounding error must not move a whole number to the one below. */
const floor = (x: Decimal): Decimal => (x.sub(x.round()).abs().lt(1e-30) ? x.round() : x.floor())

/** The real root for an odd index if there is one; else the principal root. */
const root: Operation = (field, args) => {
  const [index, value] = [first(args), second(args)]
  const isOdd = field.isReal(index) && index.re.isInteger() && index.re.mod(2).abs().eq(1)
  const inverse = field.divide(field.complex(new field.D(1)), index)
  if (isOdd && field.isReal(value) && value.re.lt(0)) return field.negate(field.power(field.negate(value), inverse))
  if (field.isReal(index) && index.re.eq(2) && field.isReal(value))
    return value.re.lt(0) ? field.complex(new field.D(0), value.re.neg().sqrt()) : field.complex(value.re.sqrt())
  return field.power(value, inverse)
}

const factorial: Operation = (field, args) => {
  let value = new field.D(1)
  for (let n = whole(field, first(args), MAX_FACTORIAL); n > 1; n--) value = value.mul(n)
  return field.complex(value)
}

const binomial: Operation = (field, args) => {
  let value = field.complex(new field.D(1))
  const choose = whole(field, second(args), MAX_FACTORIAL)
  for (let k = 0; k < choose; k++) {
    const factor = field.subtract(first(args), field.complex(new field.D(k)))
    value = field.divide(field.multiply(value, factor), field.complex(new field.D(k + 1)))
  }
  return value
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}

const overWholes =
  (f: (a: number, b: number) => number): Operation =>
  (field, args) =>
    field.complex(new field.D(args.map((arg) => whole(field, arg, Number.MAX_SAFE_INTEGER)).reduce(f)))

const OPERATIONS: Readonly<Record<string, Operation>> = {
  add: (field, args) => field.add(first(args), second(args)),
  multiply: (field, args) => field.multiply(first(args), second(args)),
  divide: (field, args) => field.divide(first(args), second(args)),
  negate: (field, args) => field.negate(first(args)),
  power: (field, args) => field.power(first(args), second(args)),
  sin: (field, args) => field.sin(first(args)),
  cos: (field, args) => field.cos(first(args)),
  tan: (field, args) => field.divide(field.sin(first(args)), field.cos(first(args))),
  cot: (field, args) => field.divide(field.cos(first(args)), field.sin(first(args))),
  sec: (field, args) => field.divide(field.complex(new field.D(1)), field.cos(first(args))),
  csc: (field, args) => field.divide(field.complex(new field.D(1)), field.sin(first(args))),
  arcsin: onReals((x) => x.asin()),
  arccos: onReals((x) => x.acos()),
  arctan: onReals((x) => x.atan()),
  sinh: onReals((x) => x.sinh()),
  cosh: onReals((x) => x.cosh()),
  tanh: onReals((x) => x.tanh()),
  exp: (field, args) => field.exp(first(args)),
  ln: (field, args) => field.ln(first(args)),
  log: (field, args) => field.divide(field.ln(second(args)), field.ln(first(args))),
  absolute: (field, args) => field.complex(field.absolute(first(args))),
  floor: onReals(floor),
  ceiling: onReals((x) => floor(x.neg()).neg()),
  mod: (field, args) => field.complex(real(field, first(args)).mod(real(field, second(args)))),
  root,
  factorial,
  binomial,
  max: (field, args) => field.complex(field.D.max(...args.map((arg) => real(field, arg)))),
  min: (field, args) => field.complex(field.D.min(...args.map((arg) => real(field, arg)))),
  gcd: overWholes(divisor),
  lcm: overWholes((a, b) => (a * b) / divisor(a, b)),
}

/** A function of which only the name is known gets arbitrary fixed values. */
function unknownFunction(name: string, args: readonly Complex[], field: Field): Complex {
  let seed = 7
  for (const unit of name) seed = (seed * 31 + (unit.codePointAt(0) ?? 0)) % 1009
  const weighted = args.map((arg, i) => field.multiply(arg, field.complex(new field.D(seed + 2 * i + 1).div(409))))
  const total = weighted.reduce(field.add, field.complex(new field.D(seed).div(617)))
  return field.add(field.sin(total), field.multiply(total, total))
}

function series(expression: Extract<Expression, { kind: 'series' }>, place: Place): Complex {
  const { field } = place
  const [from, to] = [evaluate(expression.from, place), evaluate(expression.to, place)]
  const [start, end] = [real(field, from).round(), real(field, to).round()]
  if (end.sub(start).gt(MAX_TERMS) || !start.eq(from.re) || !end.eq(to.re)) throw new Undefined()
  let result = field.complex(new field.D(expression.name === 'sum' ? 0 : 1))
  for (let n = start; n.lte(end); n = n.add(1)) {
    const variables = new Map(place.variables).set(expression.index, n)
    const term = evaluate(expression.body, { ...place, variables })
    result = expression.name === 'sum' ? field.add(result, term) : field.multiply(result, term)
  }
  return result
}

function constant(name: 'pi' | 'e' | 'i', { field, variables }: Place): Complex {
  const bound = variables.get(name) // the index of a sum may be called i
  if (bound) return field.complex(bound)
  if (name === 'i') return field.complex(new field.D(0), new field.D(1))
  return field.complex(name === 'pi' ? field.PI : field.D.exp(1))
}

/** @throws Undefined, OutOfTime */
export function evaluate(expression: Expression, place: Place): Complex {
  const { field, variables, deadline } = place
  checkTime(deadline)
  if (expression.kind === 'number') {
    const { n, d } = expression.value
    return field.complex(new field.D(n.toString()).div(d.toString()))
  }
  if (expression.kind === 'constant') return constant(expression.name, place)
  if (expression.kind === 'series') return series(expression, place)
  if (expression.kind === 'symbol') {
    const value = variables.get(expression.name)
    if (!value) throw new Undefined()
    return field.complex(value)
  }
  const args = expression.args.map((part) => evaluate(part, place))
  if (expression.name.startsWith('call:')) return unknownFunction(expression.name, args, field)
  const operation = OPERATIONS[expression.name]
  if (!operation) throw new Undefined()
  return operation(field, args)
}
