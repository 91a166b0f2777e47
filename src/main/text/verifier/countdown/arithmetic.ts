/** Arithmetic of whole numbers with exact fractions in between: `(25 - 7) * 3 / 2`. A parser of its own, because completions are untrusted. */
import type { Rational } from '../rational'

export interface Evaluated {
  readonly value: Rational
  /** The numbers as written, in order. */
  readonly numbers: readonly number[]
}

const LONGEST = 400
const whole = (n: number): Rational => ({ n: BigInt(n), d: 1n })

/** The signs that people and models write for the four operations. */
export const normalSigns = (text: string): string =>
  text
    .replace(/\\times|\\cdot|[×·⋅∙]/g, '*')
    .replace(/\\div|÷/g, '/')
    .replace(/[−–]/g, '-')

/** Null for what is not such an expression, for a division by 0, and for a text of over 400 characters. */
export function evaluate(text: string): Evaluated | null {
  const expression = normalSigns(text)
  if (expression.length > LONGEST) return null
  const tokens = expression.match(/\d+|[-+*/()]|\S/g) ?? []
  const numbers: number[] = []
  let at = 0

  function factor(): Rational | null {
    const token = tokens[at++]
    if (token === '(') {
      const inner = sum()
      return tokens[at++] === ')' ? inner : null
    }
    if (token === undefined || !/^\d{1,9}$/.test(token)) return null
    numbers.push(Number(token))
    return whole(Number(token))
  }

  function product(): Rational | null {
    let left = factor()
    while (left && (tokens[at] === '*' || tokens[at] === '/')) {
      const isQuotient = tokens[at++] === '/'
      const right = factor()
      if (!right || (isQuotient && right.n === 0n)) return null
      left = isQuotient ? divided(left, right) : { n: left.n * right.n, d: left.d * right.d }
    }
    return left
  }

  function sum(): Rational | null {
    let left = product()
    while (left && (tokens[at] === '+' || tokens[at] === '-')) {
      const sign = tokens[at++] === '+' ? 1n : -1n
      const right = product()
      if (!right) return null
      left = { n: left.n * right.d + sign * right.n * left.d, d: left.d * right.d }
    }
    return left
  }

  const value = sum()
  return value && at === tokens.length ? { value, numbers } : null
}

/** The denominator stays positive. */
function divided(a: Rational, b: Rational): Rational {
  const d = a.d * b.n
  const n = a.n * b.d
  return d < 0n ? { n: -n, d: -d } : { n, d }
}
