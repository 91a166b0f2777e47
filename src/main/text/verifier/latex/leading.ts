/** Finds the answer at the beginning of a stated answer: formulas between delimiters, a formula typed without them, or words. */
import { formulasIn } from '../answer/formulas'
import { MAGNITUDES, unitName } from './unit-names'

interface Leading {
  readonly text: string
  readonly isFormula: boolean
}

const JOINS = /^\s*(?:,?\s*(?:and|or|und|oder|et|ou|y|o|и|или)\s|[,;和或]|、)\s*(?=[$\\])/u
const MAX_WORDS = 6

/** `$3$ and $5$` are one answer. */
function delimited(text: string): string | null {
  const formulas = formulasIn(text)
  const first = formulas[0]
  if (
    !first ||
    (!/^[\s*_(≈~]*$|^.{0,24}(?:=|≈)\s*$/.test(text.slice(0, first.start)) && !isWordsBefore(text.slice(0, first.start)))
  )
    return null
  let [result, end] = [first.text, first.end]
  for (const { text: inner, start, end: next } of formulas.slice(1)) {
    if (!JOINS.test(text.slice(end, start + 1))) break
    result += `, ${inner}`
    end = next
  }
  return result + unitAfter(text.slice(end))
}

/** “x equals”, “the point”: words without a number or another verb. */
const isWordsBefore = (text: string): boolean => text.length < 40 && !/[\d.!?]/.test(text)

/** A magnitude or a unit right after a formula. */
function unitAfter(text: string): string {
  const word = /^\s*(\p{L}+)(?:\s?\^\s?\{?(\d)\}?)?/u.exec(text)
  if (!word) return /^\s*(%|\\%)/.exec(text) ? '\\%' : ''
  const isUnit =
    (word[1] ?? '').length > 1 && (unitName(word[1] ?? '') !== null || (word[1] ?? '').toLowerCase() in MAGNITUDES)
  return isUnit ? `\\text{ ${word[1]}}${word[2] ? `^${word[2]}` : ''}` : ''
}

const MATH_WORD = '(?:arc)?(?:sin|cos|tan)h?|cot|sec|csc|sqrt|log|ln|exp|pi|infinity|gcd|lcm|max|min|or|and'
const PART = new RegExp(
  String.raw`\s+|\\(?:text|mathrm|mbox|operatorname|mathbf)\s?\{[^{}]*\}|\\[a-zA-Z]+|\\[^a-zA-Z]|\d+(?:[.,]\d+)*|(?:${MATH_WORD})(?![\p{L}])|\p{L}(?![\p{L}'’])(?<!\p{L}\p{L})|[-+*/^_=<>|!'(){}\[\],;:.%°√π∞∪∩∈≤≥≠±×÷·−²³½¼¾ℝ∅∠△$€£]`,
  'uy',
)

/** The extent of a formula, which ends where a word begins. */
function typed(text: string): string {
  let end = 0
  for (PART.lastIndex = 0; ; ) {
    const match = PART.exec(text)
    if (!match) break
    const isSentenceEnd = /^[.;:!,]$/.test(match[0]) && /^(?:\s|$)/.test(text.slice(PART.lastIndex)) && match[0] !== ','
    if (isSentenceEnd) break
    end = PART.lastIndex
  }
  return text.slice(0, end)
}

const TRAILING = /(?:[\s,;:.=<>(!-]|(?<![\p{L}\\])(?:or|and)|(?<=\s)[aI])+$/u

function trimTyped(text: string, rest: string): string {
  let formula = text.replace(TRAILING, '')
  const open = formula.lastIndexOf('(')
  if (open > formula.lastIndexOf(')')) formula = formula.slice(0, open).replace(TRAILING, '')
  const isArticle = /^[\p{L}]$/u.test(formula) && /^\s*\p{L}{2}/u.test(rest)
  return isArticle ? '' : formula
}

const isMath = (formula: string): boolean =>
  /[\d\\√π∞ℝ∅½¼¾]/.test(formula) || /^[a-zA-Z]$/.test(formula) || /[a-zA-Z)]\s?[-+*/^=<>]/.test(formula)

function words(text: string): string | null {
  const line = text.replace(/[*_"“”`]+/g, '').trim()
  const clause = /^[^,;:(.]*/.exec(line)?.[0].trim() ?? ''
  return clause && clause.split(/\s+/).length <= MAX_WORDS ? clause : null
}

/** Null for a text that begins with neither. */
export function leadingFormula(given: string): Leading | null {
  const text = given.replace(/^[\s*_"“”`]+|[\s*_"“”`]+$/g, '')
  const formula = delimited(text)
  if (formula) return { text: formula, isFormula: true }
  const prefix = typed(text)
  const bare = trimTyped(prefix, text.slice(prefix.length))
  if (bare && isMath(bare)) return { text: bare + unitAfter(text.slice(prefix.trimEnd().length)), isFormula: true }
  const phrase = words(text)
  return phrase ? { text: phrase, isFormula: false } : null
}
