/** Formulas as trees. */
import type { Rational } from '../rational'

export type Expression =
  | { readonly kind: 'number'; readonly value: Rational }
  /** A variable of any name; only the letters e and i have a fixed meaning. */
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'constant'; readonly name: 'pi' | 'e' | 'i' }
  /** `add`, `multiply`, `divide`, `power`, `negate`, a function's name, or `call:f` for a function that only has a name. */
  | { readonly kind: 'apply'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: 'series'
      readonly name: 'sum' | 'product'
      readonly index: string
      readonly from: Expression
      readonly to: Expression
      readonly body: Expression
    }

export const apply = (name: string, ...args: readonly Expression[]): Expression => ({ kind: 'apply', name, args })
export const number = (n: bigint, d = 1n): Expression => ({ kind: 'number', value: { n, d } })

/** Whether `test` holds for the expression or any part of it. */
export function someOf(expression: Expression, test: (part: Expression) => boolean): boolean {
  if (test(expression)) return true
  if (expression.kind === 'apply') return expression.args.some((part) => someOf(part, test))
  if (expression.kind !== 'series') return false
  return [expression.from, expression.to, expression.body].some((part) => someOf(part, test))
}
