/**
 * The exact value of a formula that is a fraction: `10^6`, `\sqrt{16}`, `3\cdot 10^{-2}`. Values with many thousands of digits are not computed.
 */
import type { Rational } from '../rational'
import type { Expression } from './expression'

const MAX_BITS = 20_000

const bitsOf = ({ n, d }: Rational): number => n.toString(16).length * 4 + d.toString(16).length * 4

function greatestDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a < 0n ? -a : a
}

function reduced(n: bigint, d: bigint): Rational | null {
  if (d === 0n) return null
  const divisor = greatestDivisor(n, d) * (d < 0n ? -1n : 1n)
  return { n: n / divisor, d: d / divisor }
}

function power(base: Rational, exponent: Rational): Rational | null {
  if (exponent.d === 2n) {
    const root = squareRoot(base)
    return root && power(root, { n: exponent.n, d: 1n })
  }
  if (exponent.d !== 1n || (base.n === 0n && exponent.n <= 0n)) return null
  const times = exponent.n < 0n ? -exponent.n : exponent.n
  if (times > MAX_BITS || bitsOf(base) * Number(times) > 4 * MAX_BITS) return null
  const [n, d] = [base.n ** times, base.d ** times]
  return exponent.n < 0n ? reduced(d, n) : { n, d }
}

function integerRoot(n: bigint): bigint | null {
  if (n < 2n) return n < 0n ? null : n
  let guess = 1n << BigInt((n.toString(2).length + 2) >> 1)
  for (;;) {
    const better = (guess + n / guess) >> 1n
    if (better >= guess) return guess * guess === n ? guess : null
    guess = better
  }
}

function squareRoot({ n, d }: Rational): Rational | null {
  const [top, bottom] = [integerRoot(n), integerRoot(d)]
  return top !== null && bottom !== null ? { n: top, d: bottom } : null
}

function applied(name: string, a: Rational, b: Rational): Rational | null {
  if (name === 'add') return reduced(a.n * b.d + b.n * a.d, a.d * b.d)
  if (name === 'multiply') return reduced(a.n * b.n, a.d * b.d)
  if (name === 'divide') return reduced(a.n * b.d, a.d * b.n)
  if (name === 'power') return power(a, b)
  if (name === 'negate') return { n: -a.n, d: a.d }
  if (name === 'absolute') return { n: a.n < 0n ? -a.n : a.n, d: a.d }
  return name === 'root' && a.n === 2n && a.d === 1n ? squareRoot(b) : null
}

const NONE: Rational = { n: 0n, d: 1n }

/** Null if it is not a fraction, is undefined, or is too long. */
export function exactValue(expression: Expression): Rational | null {
  if (expression.kind === 'number') return expression.value
  if (expression.kind !== 'apply' || expression.args.length > 2) return null
  const values = expression.args.map(exactValue)
  if (values.some((value) => value === null || bitsOf(value) > MAX_BITS)) return null
  return applied(expression.name, values[0] ?? NONE, values[1] ?? NONE)
}
