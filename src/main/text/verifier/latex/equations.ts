/** Equations of two sides. They are equal if one is the other multiplied by a number: `2x+4y=6` is `x+2y=3`, in whatever order. */
import { apply, type Expression, someOf } from '../algebra/expression'
import { compareExpressions } from '../algebra/identical'
import type { Comparison } from '../kind'
import { formulaOf } from './formula'

/** A copy with renamed variables, which can be evaluated at another point. */
function renamed(expression: Expression): Expression {
  if (expression.kind === 'symbol') return { kind: 'symbol', name: `${expression.name} elsewhere` }
  if (expression.kind === 'apply') return { ...expression, args: expression.args.map(renamed) }
  return expression
}

const isVariable = (part: Expression): boolean => part.kind === 'symbol'

function differenceOf([left, right]: readonly string[]): Expression | null {
  const [a, b] = [formulaOf(left ?? ''), formulaOf(right ?? '')]
  return a && b ? apply('add', a, apply('negate', b)) : null
}

/** f is a multiple of g if f(x)·g(y) = f(y)·g(x) for all x and y. Null if a side is not a formula. */
export function compareEquations(a: readonly string[], b: readonly string[], deadline: number): Comparison | null {
  if (a.length !== 2 || b.length !== 2) return null
  const [f, g] = [differenceOf(a), differenceOf(b)]
  if (!f || !g) return null
  if (!someOf(f, isVariable) || !someOf(g, isVariable)) return 'different'
  const isNothing = [f, g].map((side) =>
    compareExpressions(side, { kind: 'number', value: { n: 0n, d: 1n } }, deadline),
  )
  if (isNothing.includes('timeout')) return 'timeout'
  if (isNothing.includes('equal')) return 'different'
  return compareExpressions(apply('multiply', f, renamed(g)), apply('multiply', renamed(f), g), deadline)
}
