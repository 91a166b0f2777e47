/**
 * The number verifier. Numbers are compared as exact fractions: `0.75`, `3/4` and `\frac{3}{4}` are one number. A box or a stated answer that is
 * no number is not an answer: `2\sqrt3` is not 3. See `answer/` for where answers are searched for.
 */
import type { VerifierConfig } from '@shared/schemas/verifier'
import { type Answers, answersIn, type Piece } from '../answer'
import type { Found, Kind } from '../kind'
import { isWithin, type Rational } from '../rational'
import type { Literal } from './literal'
import { type Leading, lastNumber, leadingNumber, wholeNumber } from './read'

const ZERO: Rational = { n: 0n, d: 1n }

type Search = Found<Literal> | 'other' | null

function found(number: Leading, isComplete: boolean): Search {
  if (number === null || number === 'other') return number
  return { text: number.text, answer: number, isComplete, note: number.note }
}

/** The last of the pieces that begins with a number; 'other' if that number is part of something else. */
function lastStated(pieces: readonly Piece[]): Search {
  for (const piece of pieces.toReversed()) {
    const result = found(leadingNumber(piece.text), piece.isComplete)
    if (result) return result
  }
  return null
}

/** The number in the last statement that has one and is not a remark on the answer. */
function lastInStatements({ statements }: Answers): Search {
  for (const { formulas, isAbout, text, ...piece } of statements.toReversed()) {
    if (isAbout) continue
    const number = lastNumber(text)
    const formula = formulas.at(-1)
    const afterFormula = formula && lastNumber(text.slice(formula.end - piece.start))
    const inFormula =
      formula && !afterFormula ? (wholeNumber(formula.text) ?? (/\d/.test(formula.text) ? 'other' : null)) : null
    const result = found(afterFormula || inFormula || number, false)
    if (result) return result
  }
  return null
}

function find(text: string): Found<Literal> | null {
  const answers = answersIn(text)
  const box = answers.boxes.at(-1)
  if (box) {
    const number = wholeNumber(box.text)
    return { text: number?.text ?? box.text, answer: number, isComplete: box.isComplete, note: number?.note }
  }
  const stated = [...answers.marked, ...answers.stated].sort((a, b) => a.start - b.start)
  const result = lastStated(stated) ?? lastInStatements(answers)
  return result === 'other' ? null : result
}

/** A percent sign on one side only is a unit (50% = 50) or a factor (50% = 0.5): both readings are accepted. */
function isSame(a: Literal, b: Literal, tolerance: Rational): boolean {
  if (isWithin(a.value, b.value, tolerance)) return true
  if (a.isPercent === b.isPercent) return false
  const [percent, other] = a.isPercent ? [a, b] : [b, a]
  return isWithin({ n: percent.value.n, d: percent.value.d * 100n }, other.value, tolerance)
}

export function numberKind(config: Extract<VerifierConfig, { kind: 'number' }>): Kind<Literal> {
  const tolerance = wholeNumber(String(config.tolerance))?.value ?? ZERO
  return {
    find,
    read: (reference) => wholeNumber(reference) ?? find(reference)?.answer ?? null,
    compare: (answer, reference) => (isSame(answer, reference, tolerance) ? 'equal' : 'different'),
    expects: 'a number, such as 18, 1,234.5 or 3/4, or a text that ends in one',
  }
}
