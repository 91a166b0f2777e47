/**
 * The verifier of mathematical answers. It takes the last closed `\boxed{}`, then the last `#### …` line, then the last formula between
 * dollars, `\( \)` or `\[ \]`, or a number after it. Two answers are equal if their usual spelling is, if they are the same exact number, if
 * their elements are (a bare list `1, 2` and a set in any order, tuples and intervals in theirs), or if the computer algebra system says that
 * they are equal for all values of their variables. The time limit holds for the whole comparison.
 */
import type { VerifierConfig } from '@shared/schemas/verifier'
import type { Comparison, Found, Kind } from './kind'
import { compareFormulas } from './latex-engine'
import { normaliseLatex } from './latex-normalise'
import { type Collection, collectionOf, sidesOf, statedValue } from './latex-structure'
import { afterMarker, lastBoxed } from './markers'
import { isWithin, lastNumber, wholeNumber } from './rational'

const MAX_ANSWER = 1000
const MAX_UNORDERED = 16

/** The last formula between delimiters and the offset of its end; null without one. */
function lastFormula(text: string): { readonly text: string; readonly end: number } | null {
  const found = [between(text, '\\(', '\\)'), between(text, '\\[', '\\]'), betweenDollars(text)].filter(
    (formula) => formula !== null,
  )
  return found.sort((a, b) => b.end - a.end)[0] ?? null
}

function between(text: string, open: string, close: string) {
  const end = text.lastIndexOf(close)
  const start = end < 0 ? -1 : text.lastIndexOf(open, end)
  return start < 0 ? null : { text: text.slice(start + open.length, end), end: end + close.length }
}

/** Dollars that are prices come alone, or with white space inside: `$5 and $6` is no formula. */
function betweenDollars(text: string) {
  const dollars = Array.from(text.matchAll(/\\\$|\$\$?/g)).filter((match) => match[0] !== '\\$')
  const [open, close] = dollars.slice(-2)
  if (!open || !close || dollars.length % 2 || open[0] !== close[0]) return null
  const inner = text.slice(open.index + open[0].length, close.index)
  if (open[0] === '$' && inner !== inner.trim()) return null
  return inner.trim() ? { text: inner, end: close.index + close[0].length } : null
}

function find(text: string): Found<string> | null {
  const marker = afterMarker(text, '####')
  const explicit = lastBoxed(text) ?? (marker?.text ? marker : null)
  if (explicit) return found(explicit.text, explicit.isComplete)
  const formula = lastFormula(text)
  const number = lastNumber(formula ? text.slice(formula.end) : text)
  return found(number?.text ?? formula?.text ?? '', false)
}

/** An answer of more than 1,000 characters is none. */
function found(text: string, isComplete: boolean): Found<string> | null {
  if (text.length > MAX_ANSWER) return null
  const answer = normaliseLatex(text)
  return answer ? { text: text.trim(), answer, isComplete } : null
}

/** Words are compared as words, never multiplied out as products of letters. */
const isWords = (text: string): boolean => /\p{L}{4}/u.test(text.replace(/\\(?:begin|end)\{\w+\}|\\[a-zA-Z]+/g, ' '))

const isOrdered = ({ open }: Collection): boolean => open === '(' || open === '['

const hasSameForm = (a: Collection, b: Collection): boolean =>
  a.items.length === b.items.length &&
  (isOrdered(a) || isOrdered(b) ? a.open === b.open && a.close === b.close : a.items.length <= MAX_UNORDERED)

/** One comparison of two answers with what is left of its time. */
function comparison(limitMs: number) {
  const deadline = performance.now() + limitMs

  function compareItems(a: readonly string[], b: readonly string[]): Comparison {
    for (const [i, item] of a.entries()) {
      const outcome = compare(item, b[i]!)
      if (outcome !== 'equal') return outcome
    }
    return 'equal'
  }

  function compareUnordered(a: readonly string[], b: readonly string[]): Comparison {
    const left = [...b]
    for (const item of a) {
      const outcomes = left.map((other) => (other === item ? 'equal' : compare(item, other)))
      const match = outcomes.indexOf('equal')
      if (match < 0) return outcomes.includes('timeout') ? 'timeout' : 'different'
      left.splice(match, 1)
    }
    return 'equal'
  }

  function compareCollections(a: Collection | null, b: Collection | null): Comparison | null {
    if (!a || !b) return a?.items.length === 1 || b?.items.length === 1 || !(a ?? b) ? null : 'different'
    if (!hasSameForm(a, b)) return 'different'
    return isOrdered(a) ? compareItems(a.items, b.items) : compareUnordered(a.items, b.items)
  }

  function compareEquations(a: readonly string[], b: readonly string[]): Comparison {
    const outcome = compareItems(a, b)
    return outcome === 'different' && a.length === 2 ? compareItems(a, [...b].reverse()) : outcome
  }

  function compareMeaning(a: string, b: string): Comparison {
    if (isWords(a) || isWords(b)) return a.toLowerCase() === b.toLowerCase() ? 'equal' : 'different'
    const left = deadline - performance.now()
    return left > 0 ? compareFormulas(a, b, left) : 'timeout'
  }

  function compareValues(a: string, b: string): Comparison {
    if (a === b) return 'equal'
    const numbers = [wholeNumber(a), wholeNumber(b)] as const
    if (numbers[0] && numbers[1])
      return isWithin(numbers[0].value, numbers[1].value, { n: 0n, d: 1n }) ? 'equal' : 'different'
    return compareCollections(collectionOf(a), collectionOf(b)) ?? compareMeaning(a, b)
  }

  function compare(a: string, b: string): Comparison {
    if (a === b) return 'equal'
    const [sidesA, sidesB] = [sidesOf(a), sidesOf(b)]
    if (sidesA.length > 1 && sidesA.length === sidesB.length) return compareEquations(sidesA, sidesB)
    return compareValues(statedValue(a), statedValue(b))
  }

  return compare
}

export function latexKind({ timeoutMs }: Extract<VerifierConfig, { kind: 'latex' }>): Kind<string> {
  return {
    find,
    read(reference) {
      const explicit = lastBoxed(reference) ?? afterMarker(reference, '####')
      return found(explicit?.text ?? reference, true)?.answer ?? null
    },
    compare: (answer, reference) => comparison(timeoutMs)(answer, reference),
    expects: `a formula, a number or words, ${MAX_ANSWER} characters at most`,
  }
}
