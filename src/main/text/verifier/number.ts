/**
 * The number verifier. It looks at the last `#### …` line if it begins with a number, then at the last closed `\boxed{}`, then at the
 * last number of the text. Numbers are compared as exact fractions: `0.75`, `3/4` and `\frac{3}{4}` are one number.
 */
import type { VerifierConfig } from '@shared/schemas/verifier'
import type { Found, Kind } from './kind'
import { afterMarker, lastBoxed, type Marked } from './markers'
import { firstNumber, isWithin, type Literal, lastNumber, type Rational, wholeNumber } from './rational'

const ZERO: Rational = { n: 0n, d: 1n }

/** A heading such as `#### Step 2` is no answer: a sum and `=`, or at most `x = `, may stand before the number, units may follow it. */
function numberAfterMarker(marked: Marked | null): Found<Literal> | null {
  const result = marked && firstNumber(marked.text.slice(marked.text.lastIndexOf('=') + 1))
  const first = result ?? (marked && firstNumber(marked.text))
  if (!marked || !first || /[^\W\d_]{2}/.test(first.before)) return null
  return { text: first.number.text, answer: first.number, isComplete: marked.isComplete }
}

function numberInBox(marked: Marked | null): Found<Literal> | null {
  const number = marked && (wholeNumber(marked.text) ?? lastNumber(marked.text))
  return number && { text: number.text, answer: number, isComplete: true }
}

function find(text: string): Found<Literal> | null {
  const explicit = numberAfterMarker(afterMarker(text, '####')) ?? numberInBox(lastBoxed(text))
  if (explicit) return explicit
  const last = lastNumber(text)
  return last && { text: last.text, answer: last, isComplete: false }
}

/** A percent sign on one side only is a unit (50% = 50) or a factor (50% = 0.5): both readings are accepted. */
function isSame(a: Literal, b: Literal, tolerance: Rational): boolean {
  if (a.text === b.text || isWithin(a.value, b.value, tolerance)) return true
  if (a.isPercent === b.isPercent) return false
  const [percent, other] = a.isPercent ? [a, b] : [b, a]
  return isWithin({ n: percent.value.n, d: percent.value.d * 100n }, other.value, tolerance)
}

export function numberKind(config: Extract<VerifierConfig, { kind: 'number' }>): Kind<Literal> {
  const tolerance = wholeNumber(String(config.tolerance))?.value ?? ZERO
  return {
    find,
    read: (reference) => find(reference)?.answer ?? null,
    compare: (answer, reference) => (isSame(answer, reference, tolerance) ? 'equal' : 'different'),
    expects: 'a number, such as 18, 1,234.5 or 3/4, or a text that ends in one',
  }
}
