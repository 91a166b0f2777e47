/**
 * The verifier of mathematical answers. It takes the last closed `\boxed{}`, then the last `#### …` line, then the last formula between
 * dollars, `\( \)` or `\[ \]`, or a number after it. `latex-compare.ts` says when two answers are equal; `timeoutMs` holds for one comparison
 * of answers, however many elements they have.
 */
import type { VerifierConfig } from '@shared/schemas/verifier'
import type { Found, Kind } from './kind'
import { compareAnswers } from './latex-compare'
import { normaliseLatex } from './latex-normalise'
import { afterMarker, lastBoxed } from './markers'
import { lastNumber } from './rational'

const MAX_ANSWER = 1000

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

export function latexKind({ timeoutMs }: Extract<VerifierConfig, { kind: 'latex' }>): Kind<string> {
  return {
    find,
    read(reference) {
      const explicit = lastBoxed(reference) ?? afterMarker(reference, '####')
      return found(explicit?.text ?? reference, true)?.answer ?? null
    },
    compare: (answer, reference) => compareAnswers(answer, reference, performance.now() + timeoutMs),
    expects: `a formula, a number or words, ${MAX_ANSWER} characters at most`,
  }
}
