/**
 * Values of rational functions modulo a large prime, where arithmetic is exact: two that differ as functions differ at almost every random
 * point (Schwartz 1980, Zippel 1979: the chance that they do not is the degree over the prime, below 1e-20 here). π, e and variables stand for
 * random numbers, i for a root of -1; anything else is not rational.
 */
import { checkTime } from './deadline'
import { exactValue } from './exact'
import type { Expression } from './expression'

interface Field {
  readonly prime: bigint
  /** A square root of -1. */
  readonly i: bigint
}

/** Two random primes that are 1 modulo 4, of 89 and 97 bits. */
export const FIELDS: readonly Field[] = [
  { prime: 360150804703493546414631457n, i: 299615892034328658997036721n },
  { prime: 155107446392667319741563172357n, i: 137447217818784209595185754455n },
]

export interface Point {
  readonly field: Field
  readonly seed: number
  readonly deadline: number
}

/** 128 bits that depend on a name and a seed (FNV-1a, four times). */
function hash(name: string, seed: number): bigint {
  let bits = 0n
  for (let part = 0; part < 4; part++) {
    let state = 0x811c9dc5 ^ Math.imul(seed * 4 + part + 1, 0x9e3779b1)
    for (const unit of name) state = Math.imul(state ^ (unit.codePointAt(0) ?? 0), 0x01000193)
    state = Math.imul(state ^ (state >>> 15), 0x85ebca6b)
    bits = (bits << 32n) | BigInt((state ^ (state >>> 13)) >>> 0)
  }
  return bits
}

const modulo = (value: bigint, prime: bigint): bigint => ((value % prime) + prime) % prime

function power(base: bigint, exponent: bigint, prime: bigint): bigint {
  let [result, factor, left] = [1n, base, exponent]
  for (; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * factor) % prime
    factor = (factor * factor) % prime
  }
  return result
}

/** The multiplicative inverse; null for zero. */
const inverse = (value: bigint, prime: bigint): bigint | null => (value === 0n ? null : power(value, prime - 2n, prime))

function powerOf([base, exponent]: readonly Expression[], point: Point): bigint | null {
  const times = exponent && exactValue(exponent)
  const value = base && times?.d === 1n ? modularValue(base, point) : null
  if (value === null || !times) return null
  const { prime } = point.field
  if (times.n > 0n) return power(value, times.n, prime)
  return value === 0n ? null : inverse(power(value, -times.n, prime), prime)
}

function binomial([top, bottom]: readonly Expression[], point: Point): bigint | null {
  const choose = bottom && exactValue(bottom)
  const n = top ? modularValue(top, point) : null
  if (choose?.d !== 1n || choose.n < 0n || choose.n > 1000n || n === null) return null
  const { prime } = point.field
  let [value, divisor] = [1n, 1n]
  for (let k = 0n; k < choose.n; k++) {
    value = modulo(value * (n - k), prime)
    divisor = modulo(divisor * (k + 1n), prime)
  }
  return modulo(value * (inverse(divisor, prime) ?? 0n), prime)
}

function applied(name: string, args: readonly Expression[], point: Point): bigint | null {
  if (name === 'power') return powerOf(args, point)
  if (name === 'binomial') return binomial(args, point)
  if (!['add', 'multiply', 'divide', 'negate'].includes(name)) return null
  const [a, b] = args.map((part) => modularValue(part, point))
  const { prime } = point.field
  if (a === null || a === undefined || b === null) return null
  if (name === 'negate') return modulo(-a, prime)
  if (b === undefined) return null
  if (name === 'add') return (a + b) % prime
  const factor = name === 'divide' ? inverse(b, prime) : b
  return factor === null ? null : (a * factor) % prime
}

/** Null if the formula is not rational, or undefined at this point. @throws OutOfTime */
export function modularValue(expression: Expression, point: Point): bigint | null {
  checkTime(point.deadline)
  const { prime, i } = point.field
  if (expression.kind === 'number') {
    const divisor = inverse(modulo(expression.value.d, prime), prime)
    return divisor === null ? null : modulo(expression.value.n * divisor, prime)
  }
  if (expression.kind === 'symbol') return modulo(hash(`v${expression.name}`, point.seed), prime)
  if (expression.kind === 'constant')
    return expression.name === 'i' ? i : modulo(hash(`c${expression.name}`, point.seed), prime)
  return expression.kind === 'apply' ? applied(expression.name, expression.args, point) : null
}
